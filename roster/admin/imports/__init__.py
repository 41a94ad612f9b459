"""Imports in the admin: choose a file, see what it would do, say why and confirm."""
