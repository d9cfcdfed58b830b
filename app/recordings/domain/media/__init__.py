"""Reading strangers' sound and film: what is in the file, its one clock, and the copies made of it."""
