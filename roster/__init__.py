"""Roster: who is under protection, against what threat, until when, and on what evidence.

Imports point down only: admin, management → dashboards, exchange → actions → provenance →
history → access → models → fields → periods → dates, text. `python3 run.py test` enforces it.
"""
