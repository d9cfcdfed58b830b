"""Adapters: the only rooms that know a product by name."""
