"""Who may do what: groups and their permissions, sign-in, sessions, the headers of every page.

May import models and fields; knows nothing of the ledger, files or screens.
"""
