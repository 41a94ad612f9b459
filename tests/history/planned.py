"""Operations of migrations that the tests run."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models

from roster import migrations as real
from roster.fields import LineField

REAL = sorted(file.stem for file in Path(real.__file__).parent.glob("0*.py"))
"""The names of Roster's own migrations."""


def _retitle(apps, schema_editor) -> None:
    apps.get_model("roster", "Role").objects.update(title="Consul")


def _fail(apps, schema_editor) -> None:
    raise ZeroDivisionError


def _nothing(apps, schema_editor) -> None:
    """Back is as forth."""


OPERATIONS = {
    "add a field with a default": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none"))
    ],
    "add a boolean": [migrations.AddField("role", "acting", models.BooleanField(default=True))],
    "add an empty field": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, null=True))
    ],
    "alter a field": [migrations.AlterField("role", "title", LineField(max_length=400))],
    "alter a field to another type": [
        migrations.AddField("role", "weight", models.IntegerField(default=5)),
        migrations.AlterField("role", "weight", models.TextField(default="5")),
    ],
    "rename a field": [migrations.RenameField("role", "summary", "description")],
    "rename a field that leads to the official": [
        migrations.RemoveConstraint("protection", "protection_period_is_possible"),
        migrations.RenameField("protection", "official", "subject"),
    ],
    "remove a field": [migrations.RemoveField("role", "organization")],
    "add a constraint": [
        migrations.AddConstraint(
            "role", models.CheckConstraint(condition=~models.Q(title="X"), name="role_is_not_x")
        )
    ],
    "remove a constraint": [migrations.RemoveConstraint("role", "role_period_is_possible")],
    "add an index": [
        migrations.AddIndex("role", models.Index(fields=["title"], name="role_by_title"))
    ],
    "rename a model": [migrations.RenameModel("Role", "Tenure")],
    "rename a table": [migrations.AlterModelTable("Role", "tenures")],
    "make a table": [
        migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True))])
    ],
    "data in Python": [migrations.RunPython(_retitle, _nothing)],
    "data in SQL": [
        migrations.RunSQL("UPDATE roster_role SET title = 'Consul'", migrations.RunSQL.noop)
    ],
    "another type, then data in it": [
        migrations.AlterField("protectionextension", "number", models.TextField(null=True)),
        migrations.RunSQL(
            "UPDATE roster_protectionextension SET number = '2'", migrations.RunSQL.noop
        ),
    ],
    "rows deleted in SQL": [
        migrations.RunSQL("DELETE FROM roster_citation", migrations.RunSQL.noop)
    ],
    "a field, then data in it": [
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none")),
        migrations.RunSQL("UPDATE roster_role SET rank = 'first'", migrations.RunSQL.noop),
    ],
    "data, then a field": [
        migrations.RunPython(_retitle, _nothing),
        migrations.AddField("role", "rank", models.CharField(max_length=9, default="none")),
    ],
    "a field of the ledger itself": [
        migrations.AddField("change", "remark", models.TextField(default="", db_default=""))
    ],
}


BROKEN_OFF = [OPERATIONS["data in Python"], [migrations.RunPython(_fail, _nothing)]]
