"""Acts: changes that touch several rows, one verb a file; called by screens and commands alike."""
