"""Refs that are made avoid every ref that the ledger has ever seen."""

from __future__ import annotations

import pytest

from roster.history.refs import taken_refs, unused_ref, unused_refs
from roster.models import Official, Role, ThreatSource
from tests.history.samples import official

pytestmark = pytest.mark.django_db


def made(name: str = "Ann Lee") -> str:
    return unused_ref(Official(name=name))


def test_a_ref_nobody_has_is_taken_from_the_name():
    assert made() == "ann-lee"


def test_a_ref_that_a_row_has_is_avoided():
    official("ann-lee")
    assert made() == "ann-lee-2"


def test_a_ref_that_a_deleted_row_had_is_avoided():
    official("ann-lee").delete()
    assert made() == "ann-lee-2"


def test_a_ref_that_a_row_had_before_it_was_renamed_is_avoided():
    row = official("ann-lee")
    row.ref = "other"
    row.save()
    assert made() == "ann-lee-2"


def test_a_ref_of_another_model_is_free():
    ThreatSource.objects.create(ref="ann-lee", name="Ann Lee", kind="individual").delete()
    assert made() == "ann-lee"


def test_a_ref_that_only_begins_alike_is_free():
    official("ann-lee-junior").delete()
    assert made() == "ann-lee"


def test_a_text_that_looks_like_a_recorded_ref_does_not_matter():
    official("x", summary='"ref":"ann-lee"').delete()
    assert made() == "ann-lee"


def test_taken_refs_are_those_of_rows_and_of_the_past():
    official("live")
    official("gone").delete()
    row = official("old")
    row.ref = "new"
    row.save()
    assert taken_refs(Official) == {"live", "gone", "old", "new"}
    assert taken_refs(Role) == set()


def test_with_taken_refs_the_database_is_not_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        ref = unused_ref(Official(name="Ann Lee"), taken={"ann-lee", "ann-lee-2"})
    assert ref == "ann-lee-3"


def test_many_rows_get_refs_at_once_of_which_none_was_ever_used(django_assert_num_queries):
    row = official("ann-lee")
    row.ref = "other"
    row.save()
    official("bo-roe")
    named = [Official(name=name) for name in ("Ann Lee", "Ann Lee", "Bo Roe", "Cy Poe")]
    with django_assert_num_queries(4):  # two rounds: rows that are here, and those of the past
        refs = unused_refs(named, given={"cy-poe"})
    assert refs == ["ann-lee-2", "ann-lee-3", "bo-roe-2", "cy-poe-2"]


def test_no_rows_get_no_refs(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert unused_refs([]) == []
