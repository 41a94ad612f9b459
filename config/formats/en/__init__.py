"""English: an unmistakable order, and hours from 0 to 23."""
