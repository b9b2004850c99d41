"""Renders the sample shells of shellmark: geometry and defects in mm, Mitsuba 3 for light, a sensor model on top."""

VERSION = "1.0"
