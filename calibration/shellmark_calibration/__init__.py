"""What a pixel of a camera is on the shell: lens, mm map, light, colour. Nothing is measured here yet.

Until it is, a recipe's `px_per_mm` is the one scale of a view; see docs/architecture.md.
"""
