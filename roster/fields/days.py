"""Days as ISO text, such as the bounds of partial dates, reckoned with in queries."""

from __future__ import annotations

from typing import Any

from django.db import models


class DayBefore(models.Func):
    """The day before a day, both as ISO text; not of the first day of the calendar."""

    arity = 1
    output_field = models.CharField(max_length=10)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, '-1 day')")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "to_char(CAST(%(expressions)s AS date) - 1, 'YYYY-MM-DD') COLLATE \"C\""
        return self.as_sql(compiler, connection, template=template)
