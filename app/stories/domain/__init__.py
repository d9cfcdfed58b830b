"""Pure rules of stories."""
