"""The installer for Python Functions: runs the image's own pip. Standard library only, Python 3.11 and later."""
