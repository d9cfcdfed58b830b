"""Pure rules of admin."""
