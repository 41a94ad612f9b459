"""Questions about other rows, asked of each row by itself; knows no table."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Subquery, Value


class Asked(Subquery):
    """That `rows`, which name the outer row, has one; looked up again for every row.

    So that a page is soon full: PostgreSQL answers an Exists by reading whole tables first where it
    expects to be asked often, however few rows are wanted. A scalar subquery leaves it no choice.
    """

    template = "COALESCE((%(subquery)s), FALSE)"
    output_field = models.BooleanField()

    def __init__(self, rows: models.QuerySet[Any], **extra: Any) -> None:
        found = rows.order_by().annotate(is_there=Value(True)).values("is_there")
        super().__init__(found[:1], **extra)
