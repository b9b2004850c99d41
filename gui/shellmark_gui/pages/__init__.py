"""The pages of the screen, one shown at a time."""
