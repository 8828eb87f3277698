"""The archive over HTTP; reads only."""
