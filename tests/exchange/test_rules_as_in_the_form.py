"""Each column of each file takes what the form takes, refuses what it refuses, and says the same.

The cases come from the fields themselves, so that a column which is added is covered.
"""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.forms import modelform_factory

from roster.exchange.plans import Wanted
from roster.exchange.reading import limits_in_force
from roster.exchange.resources import RESOURCES
from roster.exchange.runs import preview_csv
from roster.models import DOMAIN, Citation, Official, Paragraph
from roster.text.characters import forbidden_character
from tests.exchange.cells import as_read, cells_of, send, table
from tests.factories import (
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    SourceFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db

NEEDED = {
    "officials": {"ref": "new", "name": "Ann"},
    "roles": {"ref": "new", "official": "there", "title": "Chair"},
    "threat_sources": {"ref": "new", "name": "Quim", "kind": "state"},
    "threats": {"ref": "new", "threat_source": "there", "kind": "plot", "status": "foiled"},
    "protections": {"ref": "new", "official": "there", "level": "event"},
    "extensions": {"ref": "new", "protection": "there"},
    "sources": {"ref": "new", "title": "Notice"},
    "paragraphs": {"source": "there", "number": "2"},
    "citations": {
        "record": "official:there",
        "field": "name",
        "source": "there",
        "paragraph": "3",
        "quote": "words",
        "stance": "supports",
    },
}
"""What a new row of each file needs, with a key."""
TOLD_APART_BY = {"paragraphs": "number", "citations": "quote"}
"""The column by which rows with the same cells are told apart; of the other files the ref."""
FIELDS = [
    pytest.param(model.file_stem, field, id=f"{model.file_stem}.{field.name}")
    for model in DOMAIN
    for field in model._meta.local_fields
    if field.name in model.columns and not (model is Citation and field.name == "paragraph")
]


@pytest.fixture(autouse=True)
def there():
    """A row of each kind that others name, with the ref `there`."""
    official = OfficialFactory(ref="there")
    ThreatSourceFactory(ref="there")
    ProtectionFactory(ref="there", official=official)
    ParagraphFactory(source=SourceFactory(ref="there"), number=3)


def test_every_column_has_cases():
    of_fields = {(stem, field.name) for stem, field in (one.values for one in FIELDS)}
    columns = {(stem, name) for stem, one in RESOURCES.items() for name in one.columns()}
    # These name rows by more than one cell: tests/exchange/test_runs.py has their cases.
    assert columns - of_fields == {("citations", n) for n in ("record", "source", "paragraph")}


def in_the_form(stem, field, cell):
    """What the model's own rules say of a new row with this cell, and what it then says."""
    given = {**NEEDED[stem], field.name: as_read(cell)}
    model = RESOURCES[stem].model()
    row = model()
    if model is Citation:
        row.official, row.paragraph = Official.objects.get(), Paragraph.objects.get()
        given = {name: given[name] for name in ("field", "quote", "stance", field.name)}
    for name, value in given.items():
        of_row = model._meta.get_field(name)
        if of_row.is_relation:
            target = of_row.related_model.objects.filter(ref=value).first()
            setattr(row, of_row.attname, target.pk if target else -1 if value else None)
        else:
            setattr(row, name, None if of_row.null and value == "" else value)
    try:
        row.full_clean()
    except ValidationError as error:
        return error.message_dict[field.name], None
    return [], row.cell(field.name)


def in_a_file(stem, field, cells):
    """What an import says of each of the cells, and the cell that it would write."""
    if field.name in RESOURCES[stem].model().key_columns and len(cells) > 1:
        return [in_a_file(stem, field, [cell])[0] for cell in cells]  # some are the same key
    apart = TOLD_APART_BY.get(stem, "ref")
    rows = []
    for number, cell in enumerate(cells, 10):
        key = {} if field.name == apart else {apart: str(number)}
        rows.append({**NEEDED[stem], **key, field.name: cell})
    sent = table(rows[0], [row.values() for row in rows])
    report, plan = preview_csv(stem, sent, wanting=lambda _: Wanted(count=len(rows)))
    planned = {row.line: {cell.column: cell.new for cell in row.cells} for row in plan.rows}
    outcomes, line = [], 2
    for row in rows:
        errors = [error for error in report.errors if error.line == line]
        assert {error.column for error in errors} <= {field.name}
        kept = None if errors else planned[line].get(field.name, "")
        outcomes.append(([error.message for error in errors], kept))
        line += 1 + sum(as_read(cell).count("\n") for cell in row.values())
    return outcomes


def on_purpose(field, cell, said):
    """How the sentence of an import begins where it is another than that of the form."""
    if not said:
        return ""
    if forbidden_character(as_read(cell), multiline=True):
        return "The cell holds U+"  # found before it is asked what the column is
    if len(cell) > limits_in_force().cell_characters:
        return "The cell has "
    if cell == "":
        return f"{field.name} must not be empty: give a value."
    return "There is no " if field.is_relation else ""


@pytest.mark.parametrize(("stem", "field"), FIELDS)
def test_a_column_takes_and_refuses_what_the_form_does(stem, field):
    cells = list(dict.fromkeys(cells_of(field)))
    taken = []
    for cell, (sentences, kept) in zip(cells, in_a_file(stem, field, cells), strict=True):
        if field.name == "ref" and cell == "":
            assert (sentences, bool(kept)) == ([], True)  # made, as in the form
            continue
        said, wanted = in_the_form(stem, field, cell)
        if not said:
            taken.append(cell)
        if begins := on_purpose(field, cell, said):
            assert [one[: len(begins)] for one in sentences] == [begins], cell
        else:
            assert (sentences, kept) == (said, wanted), cell
    assert 0 < len(taken) < len(cells)


@pytest.mark.parametrize(("stem", "field"), FIELDS)
def test_the_database_takes_what_the_column_takes(stem, field):
    cells = list(dict.fromkeys(cells_of(field)))
    good = [
        cell
        for cell, (said, _kept) in zip(cells, in_a_file(stem, field, cells), strict=True)
        if not said
    ]
    apart = TOLD_APART_BY.get(stem, "ref")
    rows = []
    for number, cell in enumerate(good, 10):
        key = {} if field.name == apart else {apart: str(number)}
        rows.append({**NEEDED[stem], **key, field.name: cell})
    if field.name in RESOURCES[stem].model().key_columns:
        reports = [send(stem, row, row.values()) for row in rows]
    else:
        reports = [send(stem, rows[0], *(row.values() for row in rows))]
    assert [report.errors for report in reports if not report.ok] == []


@pytest.mark.parametrize(("stem", "field"), FIELDS)
def test_an_input_of_a_form_takes_the_same(stem, field):
    """But for white space around, which a form takes off and a file keeps."""
    model = RESOURCES[stem].model()
    form_class = modelform_factory(model, fields=[field.name])
    row = Citation(official=Official.objects.get()) if model is Citation else model()
    for cell in dict.fromkeys(cells_of(field)):
        if field.is_relation or cell != cell.strip() or (field.name == "ref" and not cell):
            continue
        # A browser sends the line breaks of a text area as CR LF.
        form = form_class({field.name: as_read(cell).replace("\n", "\r\n")}, instance=row)
        said, _kept = in_the_form(stem, field, cell)
        assert (field.name in form.errors) == bool(said), (cell, form.errors, said)
