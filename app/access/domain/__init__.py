"""Pure rules of access: who may do what, and what a consent covers."""
