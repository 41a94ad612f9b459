"""The ledger: the database's own record of every write, and everything that reads it.

Triggers write the changes (capture, engines), acts bind them into changesets (changesets), each
an entry chained to the one before (entries, digests). Migrations change tables without losing any
of it (migrating, reconcile). Verification recomputes the chain and replays the rows (ledger, chain,
rows, replay). Knows nothing of evidence, files or screens.
"""
