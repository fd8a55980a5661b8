"""Commands, policies and runbooks, all free of values."""
