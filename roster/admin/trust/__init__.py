"""Trust on screen: the ledger verified, and what was written outside answered for."""
