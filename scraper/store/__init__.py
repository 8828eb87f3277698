"""Intent → WARC records, snapshots, catalogue; each write atomic and durable."""
