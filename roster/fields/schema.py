"""Makes a changed rule of a column reach PostgreSQL.

When a field is altered in place, Django 5.2 compares the CHECKs of its own types only: it would
create a column with our CHECK but never replace that CHECK. (SQLite rebuilds the table instead.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from roster.fields.ruled import RuledField

if TYPE_CHECKING:
    from django.db import models

# There is no public hook for this: tests/fields/test_migrations.py watches that it stays in place.
_HOOK = "_field_db_check"
_check_of_a_django_type = getattr(BaseDatabaseSchemaEditor, _HOOK)


def _field_db_check(
    editor: BaseDatabaseSchemaEditor,
    field: models.Field[Any, Any],
    field_db_params: dict[str, Any],
) -> str | None:
    """The CHECK by which an altered field is compared, the column's name left out."""
    if isinstance(field, RuledField):
        return field.rule_sql("__column_name__", editor.connection.vendor)
    check: str | None = _check_of_a_django_type(editor, field, field_db_params)
    return check


def compare_rules_of_altered_columns() -> None:
    """Have every schema editor compare our rules as well."""
    setattr(BaseDatabaseSchemaEditor, _HOOK, _field_db_check)
