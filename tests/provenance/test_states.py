from __future__ import annotations

import pytest

from roster.models import Citation, Official, Protection
from roster.models.citations import CITABLE, Stance, citable_columns
from roster.provenance.states import (
    EvidenceState,
    citations_in,
    gravest,
    records_in,
    state_of_field,
    states_of,
    with_states,
)
from roster.provenance.tallies import counts
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db

TEXT = "A detail has guarded her since that year."


def cited(
    record, column: str, *, text: str = TEXT, quote: str = "guarded her", **values
) -> Citation:
    """A citation of what the record's field says now."""
    return CitationFactory(
        **{"official": None, record.record_kind: record},
        field=column,
        paragraph=ParagraphFactory(text=text),
        quote=quote,
        **{"value": record.cell(column), **values},
    )


def states(citation: Citation) -> set[EvidenceState]:
    return set(states_of_one(citation))


def states_of_one(citation: Citation) -> tuple[EvidenceState, ...]:
    return states_of(with_states(Citation.objects.all()).get(pk=citation.pk))


def one_of_each_kind():
    official = OfficialFactory(
        name="Ada",
        honorific="Gen.",
        aliases=("A|B", "C"),
        country="US",
        born="1950~",
    )
    source = ThreatSourceFactory(country="IR", parent=ThreatSourceFactory())
    protection = ProtectionFactory(official=official, start="../2024-07-18", end="..")
    return (
        official,
        RoleFactory(official=official, organization="Army"),
        source,
        ThreatFactory(threat_source=source, official=official, motive="Revenge"),
        protection,
        ExtensionFactory(protection=protection, number=8, decided="2024-01"),
    )


@pytest.mark.parametrize("kind", CITABLE)
def test_a_citation_of_what_the_field_says_is_current_for_every_field(kind):
    (record,) = (record for record in one_of_each_kind() if record.record_kind == kind)
    record.refresh_from_db()
    for column in citable_columns(type(record)):
        assert states(cited(record, column)) == {EvidenceState.CURRENT}, column


@pytest.mark.parametrize("kind", CITABLE)
def test_a_citation_of_another_value_is_stale_for_every_field(kind):
    (record,) = (record for record in one_of_each_kind() if record.record_kind == kind)
    for column in citable_columns(type(record)):
        assert states(cited(record, column, value="another")) == {EvidenceState.STALE}, column


def test_changing_the_value_by_any_path_makes_its_citations_stale():
    protection = ProtectionFactory(level="part_time")
    level, provider = cited(protection, "level"), cited(protection, "provider")
    Protection.objects.update(level="event")
    assert states(level) == {EvidenceState.STALE}
    assert states(provider) == {EvidenceState.CURRENT}


def test_a_row_with_a_new_ref_is_the_same_value():
    threat = ThreatFactory()
    citation = cited(threat, "official")
    Official.objects.filter(pk=threat.official_id).update(ref="renamed")
    assert states(citation) == {EvidenceState.CURRENT}
    Official.objects.filter(pk=threat.official_id).update(ref="renamed-again")
    assert states(citation) == {EvidenceState.CURRENT}


def test_another_row_is_another_value_even_where_the_first_was_renamed():
    threat = ThreatFactory()
    citation = cited(threat, "official")
    Official.objects.filter(pk=threat.official_id).update(ref="renamed")
    threat.official = OfficialFactory()
    threat.save()
    assert states(citation) == {EvidenceState.STALE}


def test_a_denial_disputes_the_supporting_citations_of_its_field_only():
    threat = ThreatFactory()
    claim, denial = cited(threat, "kind"), cited(threat, "kind", stance=Stance.DISPUTES)
    status, elsewhere = cited(threat, "status"), cited(ThreatFactory(), "kind")
    assert states(claim) == {EvidenceState.DISPUTED}
    for undisputed in (denial, status, elsewhere):
        assert states(undisputed) == {EvidenceState.CURRENT}


def test_a_denial_of_an_earlier_value_does_not_dispute_a_later_one():
    threat = ThreatFactory(kind="plot")
    claim, denial = cited(threat, "kind"), cited(threat, "kind", stance=Stance.DISPUTES)
    threat.kind = "attack"
    threat.save()
    later = cited(threat, "kind", quote="since that year")
    assert states(claim) == states(denial) == {EvidenceState.STALE}
    assert states(later) == {EvidenceState.CURRENT}


def test_a_denial_outlives_a_new_ref_of_the_value():
    threat = ThreatFactory()
    denial = cited(threat, "official", stance=Stance.DISPUTES)
    Official.objects.filter(pk=threat.official_id).update(ref="renamed")
    threat.official.refresh_from_db()
    claim = cited(threat, "official", quote="since")
    assert states(denial) == {EvidenceState.CURRENT}
    assert states(claim) == {EvidenceState.DISPUTED}


def test_without_the_text_a_citation_is_unverified_and_may_be_stale_as_well():
    official = OfficialFactory()
    assert states(cited(official, "name", text="")) == {EvidenceState.UNVERIFIED}
    assert states(cited(official, "name", text="", value="x", quote="y")) == {
        EvidenceState.UNVERIFIED,
        EvidenceState.STALE,
    }


@pytest.mark.parametrize(
    ("quote", "anchor_quote", "anchor_words", "expected"),
    [
        ("guarded her", "", "", EvidenceState.CURRENT),
        ("", "", "", EvidenceState.CURRENT),
        ("Guarded her", "", "", EvidenceState.UNANCHORED),
        ("guarded  her", "", "", EvidenceState.UNANCHORED),
        ("guarded  her", "guarded  her", "guarded her", EvidenceState.CURRENT),
        ("guarded  her", "guarded him", "guarded her", EvidenceState.UNANCHORED),
        ("guarded  her", "guarded  her", "guarded him", EvidenceState.UNANCHORED),
        ("%", "", "", EvidenceState.UNANCHORED),
    ],
)
def test_a_quote_is_anchored_where_its_words_or_those_it_was_placed_on_stand(
    quote, anchor_quote, anchor_words, expected
):
    citation = cited(
        OfficialFactory(), "name", quote=quote, anchor_quote=anchor_quote, anchor_words=anchor_words
    )
    assert states(citation) == {expected}


def test_counts_and_lists_agree():
    official, threat = OfficialFactory(), ThreatFactory(official=None)
    cited(official, "name")
    cited(official, "name", value="x", text="", quote="1")
    cited(threat, "kind")
    cited(threat, "kind", stance=Stance.DISPUTES)
    cited(threat, "status", quote="no such words")
    expected = {
        EvidenceState.STALE: 1,
        EvidenceState.UNANCHORED: 1,
        EvidenceState.DISPUTED: 1,
        EvidenceState.UNVERIFIED: 1,
        EvidenceState.CURRENT: 2,
    }
    found = counts()
    for state, count in expected.items():
        assert found[state] == count
        assert citations_in(Citation.objects.all(), state).count() == count
    # The threat's source, and name and kind of the source of that threat.
    assert found[EvidenceState.UNSOURCED] == 3
    assert not citations_in(Citation.objects.all(), EvidenceState.UNSOURCED)


def test_an_empty_roster_counts_nothing():
    assert counts() == dict.fromkeys(EvidenceState, 0)


def test_records_are_found_by_the_state_of_any_of_their_fields():
    stale, current, bare = (ProtectionFactory(level="part_time") for _ in range(3))
    cited(stale, "level", value="event")
    cited(current, "level")
    protections = Protection.objects.all()
    assert records_in(protections, EvidenceState.STALE).get() == stale
    assert records_in(protections, EvidenceState.CURRENT).get() == current
    assert records_in(protections, EvidenceState.UNSOURCED).get() == bare


def test_the_gravest_state_speaks_for_a_field():
    assert gravest([EvidenceState.CURRENT, EvidenceState.DISPUTED]) is EvidenceState.DISPUTED
    assert gravest([EvidenceState.UNVERIFIED, EvidenceState.STALE]) is EvidenceState.STALE


def test_states_of_many_citations_are_one_query(django_assert_num_queries):
    for _ in range(3):
        cited(OfficialFactory(), "name")
    with django_assert_num_queries(1):
        assert {states_of(c) for c in with_states(Citation.objects.all())} == {
            (EvidenceState.CURRENT,)
        }


def test_a_denial_alone_leaves_its_field_unsourced():
    threat = ThreatFactory(official=None)
    before = counts()[EvidenceState.UNSOURCED]
    denial = cited(threat, "kind", stance=Stance.DISPUTES)
    assert counts()[EvidenceState.UNSOURCED] == before
    standing = state_of_field(threat, "kind", [(True, states_of_one(denial))])
    assert standing is EvidenceState.UNSOURCED
    cited(threat, "kind", quote="since")
    assert counts()[EvidenceState.UNSOURCED] == before - 1


@pytest.mark.parametrize(
    ("level", "citations", "expected"),
    [
        ("unknown", [], None),
        ("event", [], EvidenceState.UNSOURCED),
        ("event", [(False, (EvidenceState.CURRENT,))], EvidenceState.CURRENT),
        ("event", [(True, (EvidenceState.STALE,))], EvidenceState.STALE),
        ("unknown", [(True, (EvidenceState.CURRENT,))], EvidenceState.CURRENT),
    ],
)
def test_a_field_has_the_gravest_state_of_its_citations(level, citations, expected):
    assert state_of_field(ProtectionFactory(level=level), "level", citations) is expected


@pytest.mark.parametrize("most", [1, 1_000])
def test_records_are_found_by_a_state_whether_few_or_many_are_in_it(monkeypatch, most):
    monkeypatch.setattr("roster.provenance.states.MOST_KEYS", most)
    found = [ProtectionFactory(ref=f"p-{n}", level="event") for n in range(3)]
    for protection in found[:2]:
        for _ in range(2):
            cited(protection, "level", value="as it was")
    stale = records_in(Protection.objects.order_by("ref"), EvidenceState.STALE)
    assert list(stale) == found[:2]
