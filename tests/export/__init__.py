"""What leaves the archive, read back by other programs' eyes."""
