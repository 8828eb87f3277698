"""The real daemon where there is much of something: outlets, addresses, work that is due, or little of the disk."""
