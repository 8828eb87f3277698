"""Request → page: the one gate for everything that goes out."""
