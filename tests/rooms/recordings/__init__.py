"""Recordings: uploads, media and the work on them."""
