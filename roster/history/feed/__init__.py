"""The feed as data: what each changeset did, and which changesets a page has."""
