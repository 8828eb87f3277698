"""The daemon at work while many look at it: does it fetch as fast, and do they get their answers?"""
