"""What the cases need of Starlette."""
