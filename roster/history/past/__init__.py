"""The past of rows: their changes and versions, and rows and cells as they were."""
