"""The room ``accounts``; see its README."""
