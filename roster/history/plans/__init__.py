"""Plans of undo and restore: what would be written, what stands in the way, then the writing."""
