"""As of a position or a time: which changes count, how rows are named, what columns they have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.history.asof import position_at, recorded
from roster.history.changesets import changeset
from roster.history.entries import Header, insert
from roster.history.past.cells import cells_as_of
from roster.history.past.rows import official_as_of, rows_as_of
from roster.models import (
    BoundChange,
    Change,
    Changeset,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)
from tests.factories import CitationFactory, ExtensionFactory, OfficialFactory, ThreatFactory
from tests.history.force import run
from tests.history.planned import OPERATIONS
from tests.history.samples import official, one_of_each


def entry(position: int, closed_at: str, *, changes: tuple[int, int] = (1, 1)) -> Changeset:
    """An entry closed at a moment of the test's choice; its id is a thousand above."""
    with connection.cursor() as cursor:
        header = Header(
            id=position + 1_000,
            position=position,
            kind="edit",
            user_id=None,
            reason="Act.",
            closed_at=closed_at,
            first_change=changes[0],
            last_change=changes[1],
            change_count=1,
            outside="",
            previous_digest="",
            review_reasons=None,
        )
        return insert(connection, cursor, header, "")


def change(number: int, key: int, title: str | None, *, position: int | None) -> None:
    """A change of a role, as a trigger writes it, of the entry at a position."""
    run(
        'INSERT INTO roster_change (id, changeset_id, clock, "table", "key", act, after) '
        "VALUES (%s, %s, '2100-01-01 00:00:00', 'roster_role', %s, 'u', %s)",
        number,
        position and position + 1_000,
        key,
        title and f'{{"id":{key},"ref":"role-{key}","title":"{title}"}}',
    )


def titles(position: int | None) -> dict[int, str]:
    return {key: columns["title"] for key, columns in recorded(Role, position)}


def act() -> int:
    return Changeset.objects.latest("position").position


@pytest.mark.django_db
class TestPositionAt:
    @pytest.fixture(autouse=True)
    def closed(self):
        """2 to 4, the last two in one moment, after the migration that made the tables."""
        for position, closed_at in enumerate(("09:00:00.000", "10:00:00.500", "10:00:00.500"), 2):
            entry(position, f"2100-01-01 {closed_at}")

    @pytest.mark.parametrize(
        ("time", "position"),
        [
            ("0001-01-01T00:00:00+00:00", 0),
            ("2100-01-01T08:59:59.999999+00:00", 1),
            ("2100-01-01T09:00:00+00:00", 2),
            ("2100-01-01T11:00:00+02:00", 2),
            ("2100-01-01T10:00:00.499999+00:00", 2),
            ("2100-01-01T10:00:00.500+00:00", 4),
            ("9999-12-31T23:59:59.999999+00:00", 4),
        ],
    )
    def test_is_that_of_the_last_changeset_closed_by_then(self, time, position):
        assert position_at(datetime.fromisoformat(time)) == position

    def test_is_found_in_one_query(self):
        with CaptureQueriesContext(connection) as queries:
            position_at(datetime(2100, 1, 1, tzinfo=UTC))
        assert len(queries) == 1

    def test_needs_a_zone(self):
        with pytest.raises(ValueError, match="has no zone"):
            position_at(datetime(2100, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8])
def test_every_entry_is_found_whatever_their_number(size):
    start = datetime(2100, 1, 1, tzinfo=UTC)
    for hour in range(size):
        entry(hour + 2, f"2100-01-01 {hour:02}:00:00.000")
    for hour in range(size):
        assert position_at(start + timedelta(hours=hour)) == hour + 2
        assert position_at(start + timedelta(hours=hour, seconds=-1)) == hour + 1
    assert position_at(start.astimezone(timezone(timedelta(hours=5)))) == min(size, 1) + 1


@pytest.mark.django_db
def test_order_is_by_position_where_acts_ran_side_by_side():
    """The act at 3 closed after the one at 2, but wrote before it; that at 4 closed last."""
    base = Change.objects.latest("id").pk
    change(base + 1, 1, "First", position=2)
    change(base + 2, 1, "Second", position=4)
    change(base + 3, 2, "Other", position=3)
    for position, number in ((2, 1), (3, 3), (4, 2)):
        entry(position, "2100-01-01 09:00:00.000", changes=(base + number, base + number))
    assert [titles(position) for position in (1, 2, 3, 4)] == [
        {},
        {1: "First"},
        {1: "First", 2: "Other"},
        {1: "Second", 2: "Other"},
    ]


@pytest.mark.django_db
def test_act_under_way_counts_only_for_now():
    base = Change.objects.latest("id").pk
    change(base + 1, 1, "First", position=2)
    change(base + 2, 1, "Second", position=7)
    entry(2, "2100-01-01 09:00:00.000", changes=(base + 1, base + 1))
    assert (titles(2), titles(None)) == ({1: "First"}, {1: "Second"})


@pytest.mark.django_db
def test_outside_change_counts_from_the_changeset_that_bound_it():
    with changeset(reason="Begin."):
        ann = official()
    begun = act()
    Official.objects.update(country="CA")
    assert cells_as_of(Official, begun)[0][4] == ""
    assert cells_as_of(Official, None)[0][4] == "CA"
    with changeset(reason="Of something else."):
        Source.objects.create(ref="a-notice", title="A notice")
    assert BoundChange.objects.exists()
    assert cells_as_of(Official, begun)[0][4] == ""
    assert cells_as_of(Official, act())[0][4] == "CA"
    assert official_as_of(ann.pk, begun).official.country == ""


@pytest.mark.django_db
def test_row_is_named_by_the_refs_of_then():
    with changeset(reason="Begin."):
        one_of_each()
    begun = act()
    with changeset(reason="Rename."):
        for model in (Official, Protection, ProtectionExtension, Source, ThreatSource):
            model.objects.update(ref=f"renamed-{model._meta.model_name}")
    renamed = act()
    with changeset(reason="Delete."):
        for model in (Citation, Role, Threat, ProtectionExtension, Protection, Official):
            model.objects.all().delete()
        Paragraph.objects.all().delete()
        Source.objects.all().delete()
    assert [cells_as_of(model, begun)[0][:2] for model in (Role, Threat, Protection)] == [
        ("ann-lee/envoy", "ann-lee"),
        ("a-state/plot", "a-state"),
        ("ann-lee/protection", "ann-lee"),
    ]
    citation = ("extension:ann-lee/protection/1", "start", "a-notice", "1")
    assert cells_as_of(Citation, begun)[0][:4] == citation
    assert cells_as_of(Paragraph, renamed)[0][:2] == ("renamed-source", "1")
    assert cells_as_of(Citation, renamed)[0][0] == "extension:renamed-protectionextension"
    assert cells_as_of(Citation, act()) == []


@pytest.mark.django_db
def test_instances_lead_to_rows_of_then():
    with changeset(reason="Begin."):
        rows = one_of_each()
    begun = act()
    with changeset(reason="Rename."):
        Official.objects.update(ref="renamed", name="Renamed", search_key="renamed")
    (citation,) = rows_as_of(Citation, begun, keys=[rows[Citation].pk])
    assert citation.record.protection.official.name == "Ann Lee"
    assert citation.label == "citation:extension:ann-lee/protection/1/start@paragraph:a-notice#1"


@pytest.mark.django_db
def test_instances_have_values_and_bounds_as_read_from_the_database():
    with changeset(reason="Begin."):
        ann = official(aliases=["Annie", "A|B"], born="1970~")
    (then,) = rows_as_of(Official, act(), keys=[ann.pk, ann.pk + 1])
    assert then.aliases == ("Annie", "A|B")
    assert (then.born_earliest, then.born_latest) == (ann.born_earliest, ann.born_latest)
    assert then.cell("aliases") == ann.cell("aliases")


@pytest.mark.django_db
def test_rows_of_which_nothing_was_recorded_are_shown_as_unknown():
    base = Change.objects.latest("id").pk
    for number, (table, columns) in enumerate(
        [
            ("role", '{"id":1,"ref":"r","official_id":77,"title":"Envoy"}'),
            ("citation", '{"id":1,"role_id":88,"field":"title","paragraph_id":99}'),
            ("citation", '{"id":2,"field":"title","paragraph_id":99}'),
        ],
        base + 1,
    ):
        run(
            'INSERT INTO roster_change (id, clock, "table", "key", act, after) '
            "VALUES (%s, '2100-01-01 00:00:00', %s, %s, 'i', %s)",
            number,
            f"roster_{table}",
            int(columns[6]),
            columns,
        )
    assert cells_as_of(Role, None)[0][:3] == ("r", "?", "Envoy")
    assert [cells[:4] for cells in cells_as_of(Citation, None)] == [
        ("role:?", "title", "?", "?"),
        ("?", "title", "?", "?"),
    ]
    (role,) = rows_as_of(Role, None, keys=[1])
    (citation,) = rows_as_of(Citation, None, keys=[1])
    assert role.cell("official") == "?"
    assert [citation.cell(column) for column in citation.columns[:4]] == [
        "role:?",
        "title",
        "?",
        "?",
    ]


@pytest.mark.django_db
def test_child_of_a_record_that_came_from_another_official_is_found():
    with changeset(reason="Begin."):
        extension = ExtensionFactory()
        citation = CitationFactory(official=None, extension=extension, field="start")
        other = OfficialFactory()
    begun = act()
    with changeset(reason="Move."):
        extension.protection.official, former = other, extension.protection.official
        extension.protection.save()
    assert official_as_of(other.pk, begun).extensions == ()
    then = official_as_of(other.pk, act())
    assert (then.extensions, then.citations) == ((extension,), (citation,))
    assert then.citations_of(then.extensions[0]) == (citation,)
    assert official_as_of(former.pk, act()).extensions == ()


@pytest.mark.django_db
def test_citation_made_while_a_threat_was_to_officials_in_general_is_found():
    with changeset(reason="Begin."):
        threat = ThreatFactory(official=None)
        citation = CitationFactory(official=None, threat=threat, field="kind")
        threatened = OfficialFactory()
    with changeset(reason="Name the official."):
        threat.official = threatened
        threat.save()
    named = act()
    with changeset(reason="In general after all."):
        threat.official = None
        threat.save()
        Citation.objects.all().delete()
    assert official_as_of(threatened.pk, named).citations[0].quote == citation.quote
    assert official_as_of(threatened.pk, act()).threats == ()


@pytest.mark.django_db
def test_official_who_was_not_there_then_is_none():
    begun = act()
    with changeset(reason="Begin."):
        ann = official()
    with changeset(reason="Delete."):
        Official.objects.filter(pk=ann.pk).delete()
    assert official_as_of(ann.pk, begun) is None
    assert official_as_of(ann.pk, begun + 1).official.name == "Ann Lee"
    assert official_as_of(ann.pk, begun + 2) is None


@pytest.mark.django_db
@pytest.mark.parametrize("children", [1, 20])
def test_official_takes_the_same_queries_whatever_hangs_on_it(children):
    with changeset(reason="Begin."):
        extension = ExtensionFactory()
        for _ in range(children):
            ExtensionFactory(protection=extension.protection)
            CitationFactory(official=None, extension=extension, field="start")
    with CaptureQueriesContext(connection) as queries:
        official_as_of(extension.protection.official_id, act())
    assert len(queries) == 9


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        ("remove a field", ("ann-lee/envoy", "Envoy", "")),
        ("add a field with a default", ("ann-lee/envoy", "Envoy", "")),
        ("rename a field", ("ann-lee/envoy", "Envoy", "")),
    ],
)
def test_columns_that_came_and_went_do_not_break_the_past(migrate_filled, operation, columns):
    begun = act()
    migrate_filled(OPERATIONS[operation])
    assert act() > begun
    for position in (begun, act(), None):
        ((ref, _official, title, organization, *_),) = cells_as_of(Role, position)
        assert (ref, title, organization) == columns
        key = Change.objects.filter(table="roster_role").latest("id").key
        (role,) = rows_as_of(Role, position, keys=[key])
        assert (role.ref, role.title, role.organization) == columns
        assert role.start_latest == "9999-12-31"
