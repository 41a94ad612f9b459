"""Rules of text that stand without Django: refs, lists, search keys, forbidden characters."""
