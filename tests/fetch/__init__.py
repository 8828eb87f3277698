"""The fetch verb, driven over loopback against servers that misbehave."""
