"""What a credential looks like: data first."""
