"""Telling operators of edits."""
