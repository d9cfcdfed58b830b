"""The floor that every room stands on; it knows no room."""
