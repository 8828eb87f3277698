"""WARC files of anybody's → the captures that are in them, in the order of their dates. No network, no archive.

    file → members of a WACZ → records → index (on disk) → captures by date → pages

What is in these files is as hostile as the web they were taken from: sizes lie, streams end in the middle, records
claim to be others. Whatever is not whole is named and left out, what follows it is found again, and memory stays small.
"""
