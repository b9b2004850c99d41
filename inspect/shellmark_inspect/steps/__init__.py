"""Preprocessing steps: a new one is one file here and one line in `STEPS`."""
