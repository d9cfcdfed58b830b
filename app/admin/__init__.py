"""The room ``admin``; see its README."""
