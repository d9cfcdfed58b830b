"""Benchmarks that print ratios against a named peer, in one run."""
