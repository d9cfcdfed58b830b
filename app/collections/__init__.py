"""The room ``collections``; see its README."""
