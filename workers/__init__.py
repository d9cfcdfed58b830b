"""Processes, not logic: the API, the workers and the command line."""
