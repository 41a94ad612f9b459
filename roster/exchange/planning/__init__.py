"""Planning an import in sets: every row of a file against the database, and nothing written."""
