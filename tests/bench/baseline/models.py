"""Extensions and what they prolong, with Roster's columns in Django's own fields."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Protection(models.Model):
    ref = models.CharField(max_length=200, unique=True)
    official = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.ref


class Extension(models.Model):
    ref = models.CharField(max_length=200, unique=True)
    protection = models.ForeignKey(Protection, on_delete=models.PROTECT)
    number = models.PositiveIntegerField(null=True, blank=True)
    decided = models.CharField(max_length=40, blank=True)
    notified = models.CharField(max_length=40, blank=True)
    start = models.CharField(max_length=40, blank=True)
    end = models.CharField(max_length=40, blank=True)
    granted_by = models.CharField(max_length=500, blank=True)
    signed_by = models.CharField(max_length=500, blank=True)
    reason = models.TextField(blank=True)
    summary = models.TextField(blank=True)

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.ref
