"""Pure rules of names."""
