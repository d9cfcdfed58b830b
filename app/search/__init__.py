"""The room ``search``; see its README."""
