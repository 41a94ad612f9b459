"""Officials in buckets: those whose keys lie together are counted together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q

from roster.history.marks import Written
from roster.models import Official, Protection, ProtectionExtension, Threat

KEYS_A_BUCKET = 1_000


def bucket_of(official: str) -> Any:
    """SQL: the bucket of the official whose key the column holds."""
    return F(official) / KEYS_A_BUCKET


def in_buckets(official: str, buckets: Collection[int]) -> Q:
    """That the official whose key the column holds is in one of the buckets."""
    found = Q(pk__in=())
    for bucket in buckets:
        first = bucket * KEYS_A_BUCKET
        last = first + KEYS_A_BUCKET - 1
        found |= Q(**{f"{official}__gte": first, f"{official}__lte": last})
    return found


def touched_officials(written: list[Written]) -> set[int] | None:
    """The buckets of the officials whose protections or threats these writes may alter.

    None, for any, where an extension went from one protection to another or lost its own.
    """
    officials: set[int] = set()
    for one in written:
        if one.table == Official._meta.db_table:
            officials.add(one.key)
        elif one.table in (Protection._meta.db_table, Threat._meta.db_table):
            officials |= one.both("official_id")
        elif one.table == ProtectionExtension._meta.db_table:
            if one.official is None or len(one.both("protection_id")) > 1:
                return None
            officials.add(one.official)
    return {official // KEYS_A_BUCKET for official in officials}
