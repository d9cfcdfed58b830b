"""The room ``transcripts``; see its README."""
