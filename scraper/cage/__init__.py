"""Processes that may be killed, for whatever hostile bytes do to a parser.

pool     children at work, idle, slow; what a job may cost; who is ended and who is replaced
child    the other side: one job after the other, under limits, until the parent is gone
frames   what goes over the socket between them, and what is believed of it
"""
