"""Tests of the room ``transcripts``."""
