"""The ledger: the database's own record of every write, and everything that reads it.

Triggers write the changes (capture), acts bind them into changesets (changesets), each chained to
the one before (digests); verification replays and recomputes it all (ledger). Knows nothing of
evidence, files or screens.
"""
