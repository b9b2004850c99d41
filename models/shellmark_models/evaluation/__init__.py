"""Figures that say how well a model judges, each with its n and its interval."""
