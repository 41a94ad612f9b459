"""The feed as data: what a changeset did, and which changesets a search finds."""

from __future__ import annotations

import pytest

from roster.history.changesets import changeset
from roster.history.diffs import model_of_table
from roster.history.feed import acts as feed
from roster.history.feed import search as feed_search
from roster.history.feed.acts import FieldChange, entries_of
from roster.history.feed.search import Narrowing, page_before
from roster.history.tracked import tracked_tables
from roster.models import Changeset, Citation, Official, Protection
from roster.models.changes import Act
from roster.models.reviews import ReviewState
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatSourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SEEN = {tracked.table for tracked in tracked_tables()}


def written(reason="Written.", **values):
    """The changeset that the block writes."""
    return changeset(reason=reason, kind=values.pop("kind", "edit"), **values)


def last_entry(**options):
    return entries_of([Changeset.objects.newest_first()[0]], seen=SEEN, **options)[0]


def positions(page):
    return [row.position for row in page.changesets]


@pytest.fixture
def protection():
    with written():
        ada = OfficialFactory(ref="ada-example", name="Ada Example")
        return ProtectionFactory(ref="ada-example/protection", official=ada, level="part_time")


def test_changed_value_is_told_of_its_record_by_the_name_of_the_official(protection):
    with written():
        Protection.objects.filter(pk=protection.pk).update(end="2025-01-23")
    (record,) = last_entry().records
    assert (record.name, record.label) == (
        "Ada Example, protection",
        "protection:ada-example/protection",
    )
    assert (record.act, record.differences) == (
        Act.UPDATE,
        (FieldChange("end", "", "2025-01-23"),),
    )


def test_several_changes_of_a_row_are_told_as_one(protection):
    with written():
        Protection.objects.filter(pk=protection.pk).update(level="event")
        Protection.objects.filter(pk=protection.pk).update(level="unknown", reason="Hearing")
    (record,) = last_entry().records
    assert record.differences == (
        FieldChange("level", "part_time", "unknown"),
        FieldChange("reason", "", "Hearing"),
    )


def test_value_and_evidence_of_a_record_stand_together(protection):
    with written():
        paragraph = ParagraphFactory(source=SourceFactory(ref="a-notice"), number=7)
    with written():
        CitationFactory(
            official=None,
            protection=protection,
            field="level",
            paragraph=paragraph,
            quote="made-up words",
        )
        Protection.objects.filter(pk=protection.pk).update(level="event")
    (record,) = last_entry().records
    (cited,) = record.citations
    assert record.differences == (FieldChange("level", "part_time", "event"),)
    assert (cited.act, cited.field, cited.source, cited.paragraph, cited.quote) == (
        Act.INSERT,
        "level",
        "a-notice",
        "7",
        "made-up words",
    )


def test_evidence_alone_is_told_of_its_record(protection):
    with written():
        CitationFactory(official=None, protection=protection, field="level")
    told = {record.label: record for record in last_entry().records}
    record = told["protection:ada-example/protection"]
    assert (record.name, record.act, len(record.citations)) == ("Ada Example, protection", None, 1)


def test_deleted_record_and_its_citations_are_told_with_all_they_pointed_at():
    with written():
        official = OfficialFactory(ref="ada-example", name="Ada Example")
        source = SourceFactory(ref="a-notice")
        paragraph = ParagraphFactory(source=source, number=3)
        CitationFactory(official=official, paragraph=paragraph, quote="gone words")
    with written():
        Citation.objects.all().delete()
        for row in (paragraph, source, official):
            row.delete()
    told = {record.label: record for record in last_entry().records}
    assert list(told) == ["official:ada-example", "paragraph:a-notice#3", "source:a-notice"]
    record = told["official:ada-example"]
    assert record.act == Act.DELETE
    assert [(one.act, one.source, one.paragraph) for one in record.citations] == [
        (Act.DELETE, "a-notice", "3")
    ]


def test_row_that_came_and_went_is_told_as_deleted():
    with written():
        OfficialFactory(ref="ada-example").delete()
    (record,) = last_entry().records
    assert (record.label, record.act) == ("official:ada-example", Act.DELETE)


def test_long_changeset_is_told_in_part_and_says_so(monkeypatch):
    with written():
        ThreatSourceFactory.create_batch(feed.MOST_RECORDS + 1)
    entry = last_entry()
    assert (len(entry.records), entry.is_whole) == (feed.MOST_RECORDS, False)
    with written():
        ThreatSourceFactory.create_batch(feed.MOST_RECORDS)
    assert last_entry().is_whole


def test_changes_beyond_those_looked_through_make_an_entry_partial(monkeypatch, protection):
    monkeypatch.setattr(feed, "CHANGES_LOOKED_THROUGH", 2)
    with written():
        for level in ("event", "unknown", "round_the_clock"):
            Protection.objects.filter(pk=protection.pk).update(level=level)
    assert not last_entry().is_whole


def test_what_may_not_be_seen_is_left_out_and_said_to_be(protection):
    with written():
        Protection.objects.filter(pk=protection.pk).update(level="event")
        Official.objects.filter(pk=protection.official_id).update(summary="About her.")
    (entry,) = entries_of([Changeset.objects.newest_first()[0]], seen={Official._meta.db_table})
    assert [record.label for record in entry.records] == ["official:ada-example"]
    assert entry.hides


def test_pages_lead_through_every_changeset_once(monkeypatch):
    monkeypatch.setattr(feed_search, "CHANGESETS_A_PAGE", 2)
    monkeypatch.setattr(feed_search, "_MORE", 3)
    for _ in range(5):
        with written():
            OfficialFactory()
    everything = list(Changeset.objects.newest_first().values_list("position", flat=True))
    found, before = [], None
    while True:
        page = page_before(before, Narrowing())
        found += positions(page)
        before = page.before
        if before is None:
            break
    assert found == everything


def test_an_officials_changesets_are_found_with_what_was_deleted(protection):
    with written():
        RoleFactory(official=protection.official).delete()
    mine = Changeset.objects.newest_first()[0].position
    with written():
        OfficialFactory()
    page = page_before(None, Narrowing(official=protection.official_id))
    assert positions(page)[0] == mine
    (entry,) = entries_of(page.changesets[:1], seen=SEEN, official=protection.official_id)
    assert [record.act for record in entry.records] == [Act.DELETE]


def test_entry_of_an_official_tells_of_that_official_only():
    with written():
        _other, mine = OfficialFactory(ref="other"), OfficialFactory(ref="mine")
    assert [one.label for one in last_entry(official=mine.pk).records] == ["official:mine"]


@pytest.mark.parametrize(
    ("table", "columns", "found"),
    [
        (Protection._meta.db_table, (), [2, 1]),
        (Protection._meta.db_table, ("level",), [2, 1]),
        (Protection._meta.db_table, ("reason",), []),
        (Official._meta.db_table, ("name",), [3, 1]),
        ("", ("summary",), [3]),
        ("", ("official_id",), [1]),
    ],
)
def test_changesets_are_found_by_table_and_column(protection, table, columns, found):
    base = Changeset.objects.newest_first()[0].position - 1
    with written():
        Protection.objects.filter(pk=protection.pk).update(level="event")
    with written():
        Official.objects.get(pk=protection.official_id)
        official = Official.objects.get(pk=protection.official_id)
        official.name, official.summary = "Ada Sample", "Renamed."
        official.save()
    asked = Narrowing(table=table, columns=columns, first=base + 1)
    assert positions(page_before(None, asked)) == [base + one for one in found]


def test_search_for_a_table_says_down_to_where_it_looked(monkeypatch, protection):
    for _ in range(4):
        with written():
            OfficialFactory()
    monkeypatch.setattr(feed_search, "CHANGESETS_A_STEP", 2)
    monkeypatch.setattr(feed_search, "STEPS", 1)
    top = Changeset.objects.newest_first()[0].position
    asked = Narrowing(table=Protection._meta.db_table)
    page = page_before(None, asked)
    assert (positions(page), page.looked_to, page.before) == ([], top - 1, top - 1)
    page = page_before(page.before, asked)
    page = page_before(page.before, asked)
    assert positions(page) == [top - 4]


def test_step_looks_through_so_many_changes_at_most(monkeypatch):
    for _ in range(3):
        with written():
            OfficialFactory.create_batch(3)
    monkeypatch.setattr(feed_search, "CHANGES_A_STEP", 5)
    monkeypatch.setattr(feed_search, "STEPS", 1)
    top = Changeset.objects.newest_first()[0].position
    asked = Narrowing(table=Official._meta.db_table)
    assert page_before(None, asked).looked_to == top


def test_search_begins_to_tell_where_it_matched(monkeypatch, protection):
    monkeypatch.setattr(feed, "CHANGES_LOOKED_THROUGH", 2)
    with written():
        OfficialFactory.create_batch(5)
        Protection.objects.filter(pk=protection.pk).update(level="event")
    page = page_before(None, Narrowing(table=Protection._meta.db_table))
    (entry, *_) = entries_of(page.changesets, seen=SEEN)
    assert [record.label for record in entry.records] == ["protection:ada-example/protection"]


def test_changesets_are_found_by_what_their_own_row_says():
    ann = UserFactory()
    with written(reason="Corrected the level of a protection.", user=ann):
        OfficialFactory()
    mine = Changeset.objects.newest_first()[0].position
    with written(reason="Something else.", kind="import"):
        OfficialFactory()
    for asked in (
        Narrowing(user=ann.pk),
        Narrowing(words=("LEVEL", "corrected")),
        Narrowing(kind="edit", first=mine),
        Narrowing(first=mine, last=mine),
    ):
        assert positions(page_before(None, asked)) == [mine]
    assert positions(page_before(None, Narrowing(state=ReviewState.AWAITING, first=mine))) == [
        mine + 1,
        mine,
    ]


def test_tables_told_of_are_tables_of_models():
    assert all(model_of_table(table) for table in SEEN)


def test_a_search_that_fills_a_page_leads_on_behind_it(monkeypatch, protection):
    monkeypatch.setattr(feed_search, "_MORE", 3)
    monkeypatch.setattr(feed_search, "CHANGESETS_A_PAGE", 2)
    for level in ("event", "part_time", "event"):
        with written():
            Protection.objects.filter(pk=protection.pk).update(level=level)
    asked = Narrowing(table=Protection._meta.db_table, columns=("level",))
    newest = page_before(None, asked)
    last = Changeset.objects.newest_first()[0].position
    assert positions(newest) == [last, last - 1]
    assert (newest.before, newest.looked_to) == (last - 1, None)
    assert last - 2 in positions(page_before(newest.before, asked))


def test_a_search_where_no_changeset_lies_finds_none(protection):
    asked = Narrowing(table=Protection._meta.db_table, first=1_000)
    assert page_before(None, asked).changesets == ()


def test_a_change_of_a_table_that_is_gone_is_told_by_its_table(monkeypatch):
    with written():
        OfficialFactory(ref="ann", name="Ann")
    monkeypatch.setattr(feed, "model_of_table", lambda table: None)
    (record,) = last_entry().records
    assert record.label.startswith("roster_official:")
