"""The desk: the first page, each number of which is that of the list to which it leads."""
