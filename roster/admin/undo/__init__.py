"""Undo and restore on screen: what would be taken back, why, and the deleted brought back."""
