"""Tests of the room ``stories``."""
