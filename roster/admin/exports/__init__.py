"""Export on screen: rows of a list for a spreadsheet, the roster or one official as a bundle."""
