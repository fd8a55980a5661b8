"""Reports: findings as text."""
