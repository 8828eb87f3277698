"""Page → article: no network, no clock, no disk."""
