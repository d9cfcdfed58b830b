"""Real servers on loopback in a folder, for developers, tests and benches: the same code for all three."""
