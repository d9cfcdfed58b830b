"""Servers that the Meilisearch adapter is tested against: recorded answers, a model of the rules, the real one."""
