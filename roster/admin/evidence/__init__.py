"""Evidence on screen: what fields rest on, its queues, citing, and citing anew."""
