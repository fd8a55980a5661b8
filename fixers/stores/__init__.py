"""The stores that values go to."""
