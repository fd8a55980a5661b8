"""Literal to finding."""
