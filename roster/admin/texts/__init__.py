"""Texts of sources on screen: attached to a source, made into one, or into its new version."""
