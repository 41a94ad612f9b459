"""The baseline of the bench: what an ordinary project would have, every setting as it comes.

A Django project of its own with an equal model, a plain resource of django-import-export, and its
history by django-simple-history.
"""
