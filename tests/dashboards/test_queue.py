"""Queues: what stands in each, in which order, and that counts are those of the lists."""

from __future__ import annotations

import pytest

from roster.dashboards.long_queue import LongQueue
from roster.dashboards.queue import QUEUES, Narrowing, Order, Queue
from roster.models import Official
from roster.models.citations import CITABLE
from roster.provenance.states import EvidenceState
from roster.provenance.tallies import counts
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    SourceFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db

STALE, UNSOURCED = EvidenceState.STALE, EvidenceState.UNSOURCED


def cite(record, column, *, text="Her guards stay.", quote="guards stay", **values):
    """A citation of what the record's field says."""
    place = {"number": values.pop("number", 1), "text": text}
    source = values.pop("source", None) or SourceFactory()
    return CitationFactory(
        **{"official": None, record.record_kind: record},
        field=column,
        paragraph=ParagraphFactory(source=source, **place),
        quote=quote,
        **{"value": record.cell(column), **values},
    )


@pytest.fixture
def one_of_each():
    """A record of each kind, all about Ann, each with one unsourced field at least."""
    ann = OfficialFactory(ref="ann", name="Ann", aliases=("A|B",), country="US")
    group = ThreatSourceFactory(ref="group", name="Invented Group")
    protection = ProtectionFactory(ref="ann/protection", official=ann, provider="Guards")
    return {
        "official": ann,
        "role": RoleFactory(ref="ann/role", official=ann),
        "threat_source": group,
        "threat": ThreatFactory(ref="group/plot", official=ann, threat_source=group),
        "protection": protection,
        "extension": ExtensionFactory(ref="ann/protection/1", protection=protection, number=7),
    }


def listed(state, **narrowed):
    return [(entry.record, entry.field) for entry in Queue(state, Narrowing(**narrowed))]


def test_every_factual_field_that_says_something_and_is_not_cited_is_unsourced(one_of_each):
    cite(one_of_each["official"], "country")
    assert [(entry.record, entry.field, entry.says) for entry in Queue(UNSOURCED)] == [
        ("official:ann", "aliases", "A\\|B"),
        ("official:ann", "name", "Ann"),
        ("role:ann/role", "title", one_of_each["role"].title),
        ("threat_source:group", "kind", "state"),
        ("threat_source:group", "name", "Invented Group"),
        ("threat:group/plot", "kind", "plot"),
        ("threat:group/plot", "official", "ann"),
        ("threat:group/plot", "status", "reported"),
        ("threat:group/plot", "threat_source", "group"),
        ("protection:ann/protection", "level", "part_time"),
        ("protection:ann/protection", "provider", "Guards"),
        ("extension:ann/protection/1", "number", "7"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", CITABLE)
def test_citation_of_each_kind_names_its_record_its_value_and_its_passage(one_of_each, kind):
    record = one_of_each[kind]
    record.refresh_from_db()
    column = next(c for c in record.factual_columns() if record.cell(c))
    source = SourceFactory(ref="report")
    citation = cite(record, column, source=source, number=3, value="another", quote="guards stay")
    (entry,) = Queue(STALE)
    assert (entry.state, entry.kind, entry.key, entry.ref) == (STALE, kind, record.pk, record.ref)
    assert (entry.field, entry.says) == (column, record.cell(column))
    cited = entry.citation
    assert (cited.key, cited.value, cited.quote) == (citation.pk, "another", "guards stay")
    assert (cited.source, cited.source_key, cited.paragraph) == ("report", source.pk, 3)


def some_of_every_state(one_of_each):
    ann, threat = one_of_each["official"], one_of_each["threat"]
    cite(ann, "name", value="x", text="")
    cite(ann, "country", quote="no such words")
    cite(threat, "kind")
    cite(threat, "kind", stance="disputes", quote="stay")


@pytest.mark.parametrize("state", QUEUES)
def test_count_pages_and_the_whole_agree_with_the_counts_of_states(one_of_each, state):
    some_of_every_state(one_of_each)
    queue = Queue(state)
    whole = list(queue)
    assert len(whole) == queue.count() == counts()[state] > 0
    assert queue[0:1] + queue[1 : len(whole)] == whole
    assert queue[len(whole) : len(whole) + 1] == []


def test_citation_in_two_states_stands_in_both_queues(one_of_each):
    cite(one_of_each["official"], "name", value="x", text="")
    assert listed(STALE) == listed(EvidenceState.UNVERIFIED) == [("official:ann", "name")]


def test_queues_are_all_states_but_current_the_gravest_first():
    assert tuple(EvidenceState)[:-1] == QUEUES


@pytest.mark.parametrize("state", [STALE, UNSOURCED])
@pytest.mark.parametrize("kind", CITABLE)
def test_queue_is_narrowed_to_a_kind_of_record(one_of_each, state, kind):
    if state is STALE:
        for record in one_of_each.values():
            cite(record, record.factual_columns()[0], value="another")
    found = listed(state, kind=kind)
    assert found
    assert {record for record, _field in found} == {one_of_each[kind].label}


EVERY = {
    "official:ann",
    "role:ann/role",
    "threat:group/plot",
    "protection:ann/protection",
    "extension:ann/protection/1",
}


@pytest.mark.parametrize("state", [STALE, UNSOURCED])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ÁNN", EVERY),
        ("invented", {"threat_source:group", "threat:group/plot"}),
        ("group plot", {"threat:group/plot"}),
        ("nobody", set()),
        ("%", set()),
        ("???", set()),
    ],
)
def test_queue_is_narrowed_to_names_of_the_record_or_of_whom_it_is_about(
    one_of_each, state, words, expected
):
    if state is STALE:
        for record in one_of_each.values():
            cite(record, record.factual_columns()[0], value="another")
    assert {record for record, _field in listed(state, record=words)} == expected


def test_queue_of_citations_is_narrowed_to_words_of_the_source(one_of_each):
    one, other = SourceFactory(title="Morning Report"), SourceFactory(title="Evening Report")
    cite(one_of_each["official"], "name", value="x", source=one)
    cite(one_of_each["role"], "title", value="x", source=other)
    assert listed(STALE, source="report EVENING") == [("role:ann/role", "title")]
    assert listed(STALE, source="noon") == []


def test_an_empty_narrowing_counts_nothing(one_of_each):
    assert Queue(UNSOURCED, Narrowing(record="nobody")).count() == 0
    assert Queue(UNSOURCED, Narrowing(record="???")).count() == 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.RECORD, ["a born", "a name", "b name"]),
        (Order.FIELD, ["a born", "a name", "b name"]),
        (Order.PASSAGE, ["b name", "a born", "a name"]),
    ],
)
def test_queue_has_one_order(order, expected):
    source = SourceFactory()
    b, a = OfficialFactory(ref="b"), OfficialFactory(ref="a", born="1950")
    for number, (record, column) in enumerate([(b, "name"), (a, "born"), (a, "name")], 1):
        cite(record, column, source=source, number=number, value="x")
    queue = Queue(STALE, Narrowing(), order)
    assert [f"{entry.ref} {entry.field}" for entry in queue] == expected


def test_fields_without_a_citation_are_ordered_by_record_or_by_field():
    OfficialFactory(ref="a", country="US")
    OfficialFactory(ref="b", country="US")
    by_field = Queue(UNSOURCED, Narrowing(), Order.FIELD)
    assert [f"{entry.ref} {entry.field}" for entry in by_field] == [
        "a country",
        "b country",
        "a name",
        "b name",
    ]


def test_messages_say_what_is_the_case_and_what_mends_it(one_of_each):
    protection, source = one_of_each["protection"], SourceFactory(ref="report")
    cite(protection, "level", source=source, value="round_the_clock")
    (entry,) = Queue(STALE)
    assert entry.message == (
        "level of protection:ann/protection says “part_time” now; it was cited for "
        "“round_the_clock” from paragraph:report#1: cite it again, cite another passage, or set "
        "it right."
    )


@pytest.mark.parametrize("state", QUEUES)
def test_every_message_is_one_sentence_that_names_record_and_field(one_of_each, state):
    some_of_every_state(one_of_each)
    for entry in Queue(state):
        assert entry.message.startswith(f"{entry.field} of {entry.record} ")
        assert entry.message.endswith(".")


def test_message_says_nothing_of_an_emptied_value_and_hides_no_control_character():
    official = OfficialFactory()
    cite(official, "country", value="A\u200bB")
    (entry,) = Queue(STALE)
    assert "says nothing now; it was cited for “A\N{REPLACEMENT CHARACTER}B”" in entry.message


@pytest.mark.parametrize("state", QUEUES)
def test_a_queue_is_one_query_however_long(one_of_each, state, django_assert_num_queries):
    some_of_every_state(one_of_each)
    Official.objects.bulk_create(Official(ref=f"o-{n}", name=f"O {n}") for n in range(30))
    with django_assert_num_queries(3):
        queue = Queue(state)
        queue.count(), queue[0:20], list(queue)


def orders():
    return [
        (state, order)
        for state in QUEUES
        for order in Order
        if (state, order) != (UNSOURCED, Order.PASSAGE)
    ]


@pytest.mark.parametrize(("state", "order"), orders())
@pytest.mark.parametrize("words", ["", "ann", "nobody"])
@pytest.mark.parametrize("most", [1, 3, 1_000])
def test_a_long_queue_is_the_queue_from_either_end_counted_or_not(
    one_of_each, state, order, words, most
):
    some_of_every_state(one_of_each)
    narrowing = Narrowing(record=words)
    whole = list(Queue(state, narrowing, order))
    queue = LongQueue(state, narrowing, order)
    assert queue.count_up_to(most) == min(len(whole), most)
    assert queue.entries(queue.places(0, 100)) == whole
    assert queue.entries(queue.places(0, 100, backwards=True)) == whole[::-1]
    assert queue.entries(queue.places(1, 3)) == whole[1:3]
    assert queue.entries(queue.places(1, 3, backwards=True)) == whole[::-1][1:3]


@pytest.mark.parametrize("kind", CITABLE)
def test_a_long_queue_is_narrowed_to_a_kind_of_record(one_of_each, kind):
    narrowing = Narrowing(kind=kind)
    queue = LongQueue(UNSOURCED, narrowing)
    assert queue.entries(queue.places(0, 100)) == list(Queue(UNSOURCED, narrowing))


@pytest.mark.parametrize("state", [STALE, UNSOURCED])
def test_what_goes_between_two_queries_is_left_out_of_a_long_queue(one_of_each, state):
    citation = cite(one_of_each["role"], "organization", value="x")
    queue = LongQueue(state, Narrowing(kind="role"))
    places = queue.places(0, 100)
    assert places
    citation.delete()
    one_of_each["role"].delete()
    assert queue.entries(places) == []
