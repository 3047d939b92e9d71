"""The HTTP server of a Python Function; `program.py` tells the story from start to stop."""
