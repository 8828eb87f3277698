"""The archive over HTTP: JSON, feeds, metrics; it only reads, and may ask for a fetch."""
