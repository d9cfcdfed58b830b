"""The room ``recordings``; see its README."""
