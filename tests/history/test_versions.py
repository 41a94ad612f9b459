"""Versions: the latest change of a row, and what the row said at each of them."""

from __future__ import annotations

import pytest

from roster.history.changesets import changeset
from roster.history.past.changes import place_of
from roster.history.past.versions import (
    UNRECORDED,
    changes_from,
    values_at,
    versions_of,
    with_version,
)
from roster.models import Change, Official, Protection
from tests.factories import OfficialFactory, ProtectionFactory, SuperuserFactory
from tests.history.force import by_force

pytestmark = pytest.mark.django_db


def latest(row):
    return Change.objects.of_row(row).last().pk


def changes_of(row, version):
    place = place_of(type(row), row.pk)
    return changes_from({place: version}).get(place, [])


def said_at(row, version):
    return values_at(type(row), version, changes_of(row, version))


def test_version_is_the_latest_change_of_the_row_alone():
    first, second = OfficialFactory.create_batch(2)
    Official.objects.filter(pk=first.pk).update(country="US")
    assert versions_of(Official, [first.pk, second.pk]) == {
        first.pk: latest(first),
        second.pk: latest(second),
    }
    assert latest(first) > latest(second)


def test_rows_are_read_with_their_versions():
    first, second = OfficialFactory.create_batch(2)
    found = {row.pk: row.version for row in with_version(Official.objects.all())}
    assert found == versions_of(Official, [first.pk, second.pk])


def test_row_without_changes_has_no_version():
    with by_force():
        official = OfficialFactory()
    assert versions_of(Official, [official.pk]) == {}
    assert with_version(Official.objects.all()).get().version == UNRECORDED


def test_row_reads_as_it_was_at_each_version():
    official = OfficialFactory(name="Ann", aliases=("A.",))
    opened = latest(official)
    official.country, official.aliases = "US", ("A.", "B|C")
    official.save()
    then, now = said_at(official, opened), said_at(official, latest(official))
    assert (then["name"], then["aliases"], then["country"]) == ("Ann", ("A.",), "")
    assert (now["name"], now["aliases"], now["country"]) == ("Ann", ("A.", "B|C"), "US")


def test_foreign_key_is_told_by_the_key_of_its_row():
    protection = ProtectionFactory()
    assert said_at(protection, latest(protection))["official"] == protection.official_id


def test_row_has_no_values_at_a_version_that_was_never_its_own():
    first, second = OfficialFactory.create_batch(2)
    Official.objects.filter(pk=first.pk).update(country="US")
    assert said_at(first, latest(second)) is None
    assert said_at(first, latest(first) + 1) is None


def test_row_that_was_not_recorded_when_opened_reads_as_before_its_first_change():
    before, after = '{"id": 1, "name": "Ann"}', '{"id": 1, "name": "Anna"}'
    change = Change(pk=7, before=before, after=after)
    assert values_at(Official, UNRECORDED, [change]) == {"name": "Ann"}


def test_value_that_its_field_takes_no_longer_is_left_out():
    change = Change(pk=7, after='{"id": 1, "name": "Ann", "born": "03/01/2020", "gone": "x"}')
    assert values_at(Official, 7, [change]) == {"name": "Ann"}


def test_changes_of_several_rows_come_in_one_query_with_who_and_why(django_assert_num_queries):
    protection = ProtectionFactory()
    rows = [protection, protection.official]
    with changeset(reason="Newer", user=SuperuserFactory(username="bob")):
        Protection.objects.update(provider="Army")
    wanted = {place_of(type(row), row.pk): latest(row) for row in rows}
    with django_assert_num_queries(1):
        found = changes_from(wanted)
        (newest,) = found[place_of(Protection, protection.pk)]
        assert (newest.changeset.user.username, newest.changeset.reason) == ("bob", "Newer")
    assert set(found) == set(wanted)


def test_changes_named_by_their_ids_come_too():
    official = OfficialFactory()
    assert changes_from({}, ids=[latest(official)])[place_of(Official, official.pk)]
