"""Review on screen: the queue of changesets, and one at a time with its evidence."""
