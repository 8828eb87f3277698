"""A versioned archive of the news."""
