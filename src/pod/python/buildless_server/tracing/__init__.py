"""A span for each call, sent to a collector: only where the environment names one (endpoint.py)."""
