"""The feed: what every changeset did, told in sentences, narrowed by a form."""
