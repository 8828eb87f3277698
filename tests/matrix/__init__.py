"""A table of what a hostile server may do, and what has to come of each row."""
