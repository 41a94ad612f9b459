"""Differences as data, labels and words."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from roster.history.diffs import (
    FieldDifference,
    change_label,
    differences_between,
    in_words,
    row_label,
    state,
)
from roster.models import Citation, Official, Paragraph, Source
from tests.history.samples import last_change, one_of_each


def test_differences_are_the_columns_that_differ_in_the_tables_order():
    before = '{"id": 1, "name": "A", "country": "", "born": null}'
    after = '{"id": 1, "name": "B", "country": "", "born": "1950"}'
    assert differences_between(before, after) == [
        FieldDifference("name", "A", "B"),
        FieldDifference("born", None, "1950"),
    ]


def test_of_a_new_row_only_what_says_something_differs():
    assert differences_between(None, '{"id": 1, "name": "", "born": null, "of": false}') == [
        FieldDifference("id", None, 1),
        FieldDifference("of", None, False),
    ]


def test_of_a_deleted_row_everything_differs():
    assert differences_between('{"id": 1, "name": ""}', None) == [
        FieldDifference("id", 1, None),
        FieldDifference("name", "", None),
    ]


def test_columns_that_came_or_went_differ():
    assert differences_between('{"a": 1}', '{"b": 2}') == [
        FieldDifference("a", 1, None),
        FieldDifference("b", None, 2),
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, "{}", "new"),
        ("{}", None, "deleted"),
        ('{"a": 1}', '{"a": 1}', "the same values"),
        ('{"a": ""}', '{"a": "x"}', "a (empty) → x"),
        ('{"a": "x"}', '{"a": null}', "a x → (empty)"),
        ('{"a": 0}', '{"a": false}', "the same values"),
        (
            '{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}',
            '{"a": 2, "b": 2, "c": 2, "d": 2, "e": 2}',
            "a 1 → 2, b 1 → 2, c 1 → 2, 2 more",
        ),
        ('{"a": ""}', '{"a": "%s"}' % ("x" * 60), "a (empty) → " + "x" * 60),
        ('{"a": ""}', '{"a": "%s"}' % ("x" * 61), "a (empty) → " + "x" * 59 + "…"),
    ],
)
def test_differences_in_words(before, after, words):
    assert in_words(before, after) == words


@pytest.mark.parametrize("text", ["", "7", "[]", "null", "{"])
def test_what_no_trigger_wrote_is_no_state(text):
    with pytest.raises(ValueError, match="is not what a trigger records"):
        state(text)


def test_a_row_that_was_not_there_has_no_columns():
    assert state(None) == {}


@pytest.mark.django_db
def test_rows_are_named_by_kind_and_key():
    rows = one_of_each()
    user, group = User.objects.create_user("ann"), Group.objects.create(name="Analysts")
    user.groups.add(group)
    link = User.groups.through.objects.get()
    citation = rows[Citation]
    assert change_label(last_change(rows[Official])) == "official:ann-lee"
    assert change_label(last_change(rows[Source])) == "source:a-notice"
    assert change_label(last_change(rows[Paragraph])) == "paragraph:a-notice#1"
    assert change_label(last_change(citation)) == f"citation:start#{citation.pk}"
    assert change_label(last_change(user)) == "user:ann"
    assert change_label(last_change(group)) == "group:Analysts"
    assert change_label(last_change(link)) == f"user_groups:{link.pk}"


@pytest.mark.django_db
def test_a_paragraph_whose_source_is_gone_is_named_all_the_same():
    assert row_label("roster_paragraph", 1, '{"source_id": 9, "number": 3}') == "paragraph:?#3"


@pytest.mark.django_db
def test_a_row_of_a_table_that_is_gone_is_named_by_it():
    assert row_label("gone", 4, "{}") == "gone:4"


@pytest.mark.django_db
def test_a_deleted_row_is_named_as_it_was():
    row = one_of_each()[Citation]
    change = last_change(row)
    row.delete()
    assert change_label(change) == change_label(last_change_of(change))


def last_change_of(change):
    return type(change).objects.filter(table=change.table, key=change.key).latest("id")
