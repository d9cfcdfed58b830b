"""Pure rules of search: folding, aliases, passages and the places of matched words."""
