"""Typed functions that make what tests need."""
