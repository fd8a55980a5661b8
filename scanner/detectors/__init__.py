"""Detectors: turn literals into candidates, which the judge then weighs."""
