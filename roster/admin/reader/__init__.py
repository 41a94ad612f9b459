"""The reader: a source as one page, its cited words marked, its other words there to be cited."""
