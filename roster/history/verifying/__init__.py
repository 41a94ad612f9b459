"""Verifying the ledger, part by part: chain, anchors, rows and replay, and what is reported."""
