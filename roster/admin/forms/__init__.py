"""Forms of rows: how columns are asked for, and why; what others wrote meanwhile is merged."""
