"""Pure rules of uploads and recordings."""
