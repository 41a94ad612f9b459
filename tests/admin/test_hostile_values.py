"""Hostile but permitted text in every field of every model: each page shows it as text.

What may not be kept, because it hides or reorders what is read, is refused with a sentence.
"""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils.html import escape

from roster.admin.display import page_url
from roster.exchange.cells import unescaped
from roster.fields import LineField, ListField, ProseField
from roster.history.changesets import changeset
from roster.models import DOMAIN, Change, Changeset, Citation, Paragraph
from tests.admin.exchanging import confirm, upload
from tests.admin.pages import FACTORIES, change_page, form_on, page, send, text_of
from tests.factories import OfficialFactory, ProtectionFactory

MADE = {factory._meta.model: factory for factory in FACTORIES.values()}
PIECES = (
    "<b>bold</b><img src=x onerror=alert(1)><a href=javascript:alert(1)>",
    "</textarea></title><script>alert(1)</script><!--",
    """" onfocus="alert(1)" ' onload='alert(1)' `&amp;`""",
    "=1+1<i>,{{ 7 }}{% debug %}${7}<%= 7 %>%(x)s%s{0}\\",
)
HOSTILE = {
    "pieces": "".join(PIECES),
    "pieces backwards": "".join(reversed(PIECES)),
    "address": "javascript:alert(1)",
    "long": f"<u>{'x' * 497}",
    "letters": "<s>אבג العربية ۱۲۳ </s>" + "Z\u0351\u036b\u0343A\u0334\u0322L\u0335G\u0361" * 8,
}
LIVE = (
    "<b>bold",
    "<img src=x",
    "<script>alert",
    '" onfocus="alert',
    "' onload='alert",
    "<a href=javascript",
    'href="javascript',
    "<i>,",
    "<u>x",
    "<s>",
    "&amp;amp;amp;",
)
"""What no page may hold: the values as markup, or escaped once too often."""
FORBIDDEN = {"bidi override": "four\u202ewords", "isolate": "four\u2066words"}
SENTENCES = ("without control characters.", "Null characters are not allowed.")
FIRST_WORDS = 25
"""Characters by which a value is looked for where a page may cut it."""


def text_columns(model):
    """The columns of a model that take any text."""
    kept = {field.name: field for field in model._meta.local_fields}
    takes_text = (LineField, ListField, ProseField)
    skipped = {"field"} if model is Citation else set()
    return [
        name
        for name in model.columns
        if name not in skipped and isinstance(kept.get(name), takes_text)
    ]


def row_with(model, value):
    """A row of `model` with `value` in every column that takes any text, in a changeset."""
    texts = {}
    for name in text_columns(model):
        field = model._meta.get_field(name)
        texts[name] = (value,) if isinstance(field, ListField) else value[: field.max_length]
    with changeset(reason=value, kind="command"):
        row = MADE[model](**texts)
        row.full_clean()
        return row


def pages_of(row, value):
    """The pages of a row and of what was searched, by what they are."""
    latest = Changeset.objects.first()
    return {
        "search": f"{page_url(type(row), 'changelist')}?{urlencode({'q': value})}",
        "change": change_page(row),
        "history": page(row, "history"),
        "deletion": page(row, "delete"),
        "changeset": page_url(Changeset, "change", latest.pk),
        "record of the change": page_url(Change, "change", latest.last_change),
    }


def pages_of_many(model):
    """The pages on which rows of a model stand beside each other, by what they are."""
    return {
        "list": page_url(model, "changelist"),
        "changesets": page_url(Changeset, "changelist"),
        "first page": "/",
        "protected": "/protected/",
    }


def shown_as_text(response, where):
    """The page, once it is sure that nothing of a value has become part of its markup."""
    text = text_of(response)
    assert response.status_code == 200, where
    assert [live for live in LIVE if live in text] == [], where
    return text


PAGES = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="what a page makes of a text is the same on both engines"
)


@PAGES
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("model", DOMAIN)
def test_every_page_of_a_row_shows_hostile_text_as_text(signed_in, model, value):
    row = row_with(model, value)
    for name, address in pages_of(row, value).items():
        text = shown_as_text(signed_in.get(address), name)
        if name in {"search", "change", "history", "changeset"}:
            assert escape(value[:FIRST_WORDS]) in text, name


@PAGES
@pytest.mark.parametrize("model", DOMAIN)
def test_every_page_of_many_rows_shows_hostile_text_as_text(signed_in, model):
    for value in HOSTILE.values():
        row_with(model, value)
    for name, address in pages_of_many(model).items():
        text = shown_as_text(signed_in.get(address), name)
        if name == "changesets":
            assert [v for v in HOSTILE.values() if escape(v[:FIRST_WORDS]) not in text] == []


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_pages_that_name_a_hostile_row_show_it_as_text(signed_in, value):
    with changeset(reason="Prepared.", kind="command"):
        official = OfficialFactory(name=value)
        protection = ProtectionFactory(official=official, provider=value, authority=value)
    for address in ("/protected/", change_page(protection), page(official, "delete")):
        assert escape(value[:FIRST_WORDS]) in shown_as_text(signed_in.get(address), address)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("model", DOMAIN)
def test_hostile_text_goes_out_and_comes_back_by_file(signed_in, settings, tmp_path, model, value):
    settings.ROSTER_HOME = tmp_path
    row = row_with(model, value)
    exported = signed_in.post(page_url(model, "export"), {"rows": "every"})
    content = b"".join(exported.streaming_content)
    assert "nothing to import" in shown_as_text(upload(signed_in, content, model=model), "same")
    column = "note" if model is Citation else "summary"
    header, cells = csv.reader(io.StringIO(content.decode()))
    assert unescaped(cells[header.index(column)]) == value
    cells[header.index(column)] = edited = f"{value[:9]} again {value}"
    file = io.StringIO()
    csv.writer(file).writerows([header, cells])
    preview = upload(signed_in, file.getvalue(), model=model, name="<b>bold.csv")
    # What both texts begin with; from there on the preview marks where they differ.
    assert escape(value[:9]) in shown_as_text(preview, "preview")
    shown_as_text(confirm(signed_in, preview, model=model, change_reason=value[:400]), "result")
    row.refresh_from_db()
    assert getattr(row, column) == edited


@PAGES
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("model", DOMAIN)
def test_untouched_form_keeps_hostile_text_as_it_is(signed_in, model, value):
    row = row_with(model, value)
    before = Change.objects.count()
    answer = send(signed_in, change_page(row), change_reason="Nothing new")
    assert answer.status_code == 302
    assert Change.objects.count() == before


@pytest.mark.parametrize("value", [*FORBIDDEN.values(), "four\0words"], ids=[*FORBIDDEN, "NUL"])
@pytest.mark.parametrize("model", DOMAIN)
def test_form_refuses_forbidden_characters_in_each_field(signed_in, model, value):
    row = row_with(model, "Words")
    before = Change.objects.count()
    columns = text_columns(model)
    held = form_on(signed_in.get(change_page(row)))
    sent = held | dict.fromkeys(columns, value) | {"change_reason": "Because", "_save": "Save"}
    refused = signed_in.post(change_page(row), sent)
    errors = refused.context["adminform"].form.errors
    for name in columns:
        assert errors[name][0].endswith(SENTENCES), name
    assert Change.objects.count() == before


@pytest.mark.parametrize("value", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("model", DOMAIN)
def test_import_refuses_forbidden_characters_in_each_column(signed_in, model, value):
    columns = text_columns(model)
    key = ("source", "number") if model is Paragraph else ("ref",)
    key = ("record", "field", "source", "paragraph") if model is Citation else key
    rows = [(*key, *columns), (*("one" for _ in key), *(value for _ in columns))]
    page = upload(signed_in, "\n".join(map(",".join, rows)), model=model)
    errors = {error.column: error.message for error in page.context["report"].errors}
    assert {name for name in columns if "can hide or reorder text" in errors.get(name, "")} == set(
        columns
    )
    assert 'name="confirm"' not in shown_as_text(page, "errors")


@pytest.mark.parametrize("model", DOMAIN)
def test_import_refuses_a_file_with_a_nul(signed_in, model):
    header = ",".join(model.key_columns)
    row = ",".join("four\0words" for _ in model.key_columns)
    text = text_of(upload(signed_in, f"{header}\n{row}\n", model=model))
    assert "The file holds a NUL byte (U+0000) on line 2" in text
    assert 'name="confirm"' not in text
