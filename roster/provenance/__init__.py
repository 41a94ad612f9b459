"""Provenance: quotes, fingerprints and the state of evidence; knows no screen, file or command."""
