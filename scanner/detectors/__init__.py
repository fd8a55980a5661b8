"""Detectors: from literals to candidates."""
