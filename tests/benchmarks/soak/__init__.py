"""The real daemon on many simulated outlets for many days, at the speed that the work itself allows."""
