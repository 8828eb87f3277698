"""Configuration: what files may say, and how what is wrong with them is told."""
