"""The room ``access``; see its README."""
