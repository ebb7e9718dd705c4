"""The children that read and type, the client that drives them, and Python's own doors.

Empty on purpose: the window imports `client` and `protocol` from here and must not get more.
"""
