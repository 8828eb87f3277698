"""A year of one outlet, simulated: real edits among everything that changes by itself."""
