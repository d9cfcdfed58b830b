"""A real browser against a living archive."""
