"""Writes those pages of the documentation that the program itself can tell: `python -m reference`."""
