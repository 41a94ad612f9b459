"""Migrations write the fields, stay quiet when nothing changed, and keep every CHECK."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

import roster.fields
from roster.fields import CodeField, LineField, OrdinalField, PartialDateField, PeriodRule
from tests.fields.samples import RAW, Sample

APP = "samples"
CODES = [("low", "Low"), ("high", "High")]


def state_of(*model_states: ModelState) -> ProjectState:
    state = ProjectState()
    for model_state in model_states:
        state.add_model(model_state)
    return state


def operations_between(before: ProjectState, after: ProjectState) -> list:
    changes = MigrationAutodetector(before, after)._detect_changes()
    return [operation for one in changes.get(APP, []) for operation in one.operations]


def written_and_read(operation):
    """The operation as a migration file would give it back."""
    migration = migrations.Migration("0001_initial", APP)
    migration.operations = [operation]
    source = MigrationWriter(migration, include_header=False).as_string()
    scope: dict = {}
    exec(source, scope)
    return scope["Migration"].operations[0], source


def test_a_written_migration_is_read_back_without_a_change():
    [create] = operations_between(ProjectState(), state_of(ModelState.from_model(Sample)))
    read, source = written_and_read(create)
    before = ProjectState()
    read.state_forwards(APP, before)
    assert operations_between(before, state_of(ModelState.from_model(Sample))) == []
    # Countries are not in it, and nothing is named by a file inside the package.
    assert "Afghanistan" not in source
    assert "roster.fields." in source
    names = {word.split("(")[0] for word in source.split("roster.fields.")[1:]}
    assert names <= {*roster.fields.__all__, *(f"{name}\n" for name in roster.fields.__all__)}


def test_a_model_of_the_past_has_its_bounds_once():
    state = state_of(ModelState.from_model(Sample))
    past = state.apps.get_model(APP, "Sample")
    names = [field.name for field in past._meta.local_fields]
    assert names == [field.name for field in Sample._meta.local_fields]
    assert past(start="2020-07").start_latest == "2020-07-31"


@pytest.mark.django_db(transaction=True)
def test_the_table_is_made_and_kept_by_a_bare_engine():
    """On SQLite without the functions that Django adds to its own connections."""
    if connection.vendor != "sqlite":
        pytest.skip("Django adds no functions to other engines")
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(Sample)
    with closing(sqlite3.connect(":memory:")) as bare:
        for statement in editor.collected_sql:
            bare.execute(statement)
        marks = ", ".join(f":{column}" for column in RAW)
        quoted = ", ".join(f'"{column}"' for column in RAW)
        insert = f"INSERT INTO samples_sample ({quoted}) VALUES ({marks})"
        bare.execute(insert, {**RAW, "start": "2020-01-01~", "aliases": "a|b", "language": "en"})
        assert bare.execute("SELECT start_earliest FROM samples_sample").fetchone() == (
            "2019-12-31",
        )
        for column, refused in (("start", "2023-02-29"), ("ref", "A"), ("aliases", "|")):
            with pytest.raises(sqlite3.IntegrityError):
                bare.execute(insert, {**RAW, "ref": "other", column: refused})


class Stage:
    """A table that is migrated step by step, as `manage.py migrate` does."""

    def __init__(self) -> None:
        self.state = ProjectState()

    def apply(self, *operations) -> None:
        for operation in operations:
            before = self.state.clone()
            operation.state_forwards(APP, self.state)
            with connection.schema_editor() as editor:
                operation.database_forwards(APP, editor, before, self.state)

    def migrate_to(self, **fields: models.Field) -> None:
        """What makemigrations would do to reach a model of these fields (and their bounds)."""
        known = self.state.models[APP, "record"]
        named = {"id": models.BigAutoField(primary_key=True), **fields}
        dates = {name: one for name, one in fields.items() if isinstance(one, PartialDateField)}
        for name in dates:
            for edge in ("earliest", "latest"):
                named[f"{name}_{edge}"] = roster.fields.PartialDateBound(source=name, edge=edge)
        target = state_of(ModelState(APP, "record", named.items(), dict(known.options)))
        self.apply(*operations_between(self.state, target))

    def insert(self, **values: object) -> None:
        columns, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO samples_record ({columns}) VALUES ({marks})", list(values.values())
            )

    def rows(self, *columns: str) -> list[tuple]:
        with connection.cursor() as cursor:
            named = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"SELECT {named} FROM samples_record ORDER BY id")
            return cursor.fetchall()


@pytest.fixture
def stage(transactional_db):
    """The table samples_record with a name, a level and a start."""
    stage = Stage()
    stage.apply(
        migrations.CreateModel(
            "Record",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", LineField(max_length=10)),
                ("level", CodeField(choices=CODES)),
            ],
        )
    )
    stage.migrate_to(**columns())
    yield stage
    stage.apply(migrations.DeleteModel("Record"))


def columns(**changed: models.Field) -> dict[str, models.Field]:
    return {
        "name": LineField(max_length=10),
        "level": CodeField(choices=CODES),
        "start": PartialDateField(),
        **changed,
    }


ROW = {"name": "one", "level": "low", "start": "2020-07"}


def refuses(stage: Stage, **values: object) -> bool:
    try:
        stage.insert(**{**ROW, **values})
    except IntegrityError:
        return True
    return False


def test_an_added_date_brings_its_check_and_its_bounds(stage):
    stage.insert(**ROW)
    stage.migrate_to(**columns(end=PartialDateField(open_end=True)))
    assert stage.rows("end", "end_earliest", "start_latest") == [("", "0001-01-01", "2020-07-31")]
    assert refuses(stage, end="soon")
    assert refuses(stage, end="", start="soon")
    assert not refuses(stage, end="..")


def test_an_altered_choice_alters_the_check(stage):
    assert refuses(stage, level="medium")
    stage.migrate_to(**columns(level=CodeField(choices=[*CODES, ("medium", "Medium")])))
    assert not refuses(stage, level="medium")
    assert refuses(stage, level="other")
    assert refuses(stage, name="n" * 11)


def test_an_altered_blank_alters_the_check(stage):
    assert refuses(stage, level="")
    stage.migrate_to(**columns(level=CodeField(choices=CODES, blank=True)))
    assert not refuses(stage, level="")


def test_an_altered_length_alters_the_check(stage):
    stage.migrate_to(**columns(name=LineField(max_length=11)))
    assert not refuses(stage, name="n" * 11)
    assert refuses(stage, name="n" * 12)


def test_an_end_that_may_become_open_alters_the_check(stage):
    assert refuses(stage, start="..")
    stage.migrate_to(**columns(start=PartialDateField(open_end=True)))
    assert not refuses(stage, start="..")
    assert stage.rows("start_earliest") == [("9999-12-31",)]


def test_a_text_of_django_becomes_one_of_ours(stage):
    stage.migrate_to(**columns(name=models.CharField(max_length=10)))
    assert not refuses(stage, name="")
    stage.migrate_to(**columns(name=models.CharField(max_length=10), level=LineField(max_length=5)))
    assert refuses(stage, level="longer")
    assert not refuses(stage, level="short")


def test_a_rebuilt_table_keeps_every_check(stage):
    stage.insert(**ROW)
    stage.migrate_to(**columns(place=OrdinalField(null=True, blank=True)))
    stage.apply(
        migrations.AddIndex("record", models.Index(fields=["start_latest"], name="by_start")),
        migrations.AlterField("record", "place", OrdinalField(null=True, unique=True)),
    )
    for refused in (
        {"name": ""},
        {"level": "medium"},
        {"start": "2020-13"},
        {"place": 0},
    ):
        assert refuses(stage, **refused), refused
    assert not refuses(stage, place=1)
    assert stage.rows("start_earliest", "start_latest") == [("2020-07-01", "2020-07-31")] * 2


def test_a_period_rule_is_added_and_removed(stage):
    stage.migrate_to(**columns(end=PartialDateField(open_end=True)))
    rule = PeriodRule(name="record_period_is_possible")
    stage.apply(migrations.AddConstraint("record", rule))
    assert refuses(stage, start="2021", end="2020")
    stage.apply(migrations.RemoveConstraint("record", rule.name))
    assert not refuses(stage, start="2021", end="2020")
    assert refuses(stage, start="2021", end="soon")


def test_a_date_is_removed_after_its_bounds(stage):
    stage.insert(**ROW)
    stage.apply(
        migrations.RemoveField("record", "start_earliest"),
        migrations.RemoveField("record", "start_latest"),
        migrations.RemoveField("record", "start"),
    )
    assert stage.rows("name", "level") == [("one", "low")]
    stage.insert(name="two", level="low")


def test_a_renamed_column_keeps_its_check(stage):
    stage.insert(**ROW)
    stage.apply(migrations.RenameField("record", "level", "rank"))
    stage.insert(name="two", rank="high", start="")
    with pytest.raises(IntegrityError):
        stage.insert(name="two", rank="medium", start="")


def test_a_renamed_date_keeps_its_rows_check_and_bounds(stage):
    stage.insert(**ROW)
    stage.apply(
        migrations.RemoveField("record", "start_earliest"),
        migrations.RemoveField("record", "start_latest"),
        migrations.RenameField("record", "start", "begun"),
    )
    renamed = columns(begun=PartialDateField())
    del renamed["start"]
    stage.migrate_to(**renamed)
    assert stage.rows("begun", "begun_latest") == [("2020-07", "2020-07-31")]
    with pytest.raises(IntegrityError):
        stage.insert(name="two", level="low", begun="soon")
