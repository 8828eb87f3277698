"""Configuration files: read so that every mistake is found at once, each with its file, line and word."""
