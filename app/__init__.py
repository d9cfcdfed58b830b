"""Storybraid: an oral-history and storytelling archive."""
