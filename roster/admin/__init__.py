"""The admin site: thin screens over models, history and exchange."""
