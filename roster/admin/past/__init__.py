"""The past on screen: an official as known then, and two moments of a record side by side."""
