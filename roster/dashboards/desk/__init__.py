"""The desk: what is reckoned for the first page, and kept until something is written.

Knows no screen and no address; what a user may view is the admin's to say.
"""
