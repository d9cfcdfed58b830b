"""The room ``stories``; see its README."""
