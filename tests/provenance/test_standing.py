"""The gravest state of each of many records, in two queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.models.citations import CITABLE
from roster.provenance.standing import gravest_states
from roster.provenance.states import EvidenceState
from tests.admin.pages import FACTORIES
from tests.factories import CitationFactory, OfficialFactory, ParagraphFactory, ProtectionFactory

pytestmark = pytest.mark.django_db

HERE = "She has been guarded at every event since that year."


def cite(record, column, **values):
    made = {"value": record.cell(column), "quote": "guarded", **values}
    text = made.pop("text", HERE)
    return CitationFactory(
        **({"official": None} | {record.record_kind: record}),
        field=column,
        paragraph=ParagraphFactory(text=text),
        **made,
    )


@pytest.mark.parametrize(
    ("citations", "state"),
    [
        ([{}], EvidenceState.CURRENT),
        ([{"text": ""}], EvidenceState.UNVERIFIED),
        ([{"text": ""}, {}], EvidenceState.UNVERIFIED),
        ([], EvidenceState.UNSOURCED),
        ([{}, {"stance": "disputes"}], EvidenceState.DISPUTED),
        ([{}, {"stance": "disputes"}, {"quote": "absent"}], EvidenceState.UNANCHORED),
        ([{"quote": "absent"}, {"value": "event"}], EvidenceState.STALE),
    ],
)
def test_the_gravest_state_of_any_citation_or_value_is_that_of_the_record(citations, state):
    protection = ProtectionFactory(level="part_time")
    for values in citations:
        cite(protection, "level", **values)
    assert gravest_states([protection]) == {protection.pk: state}


def test_a_value_without_a_citation_weighs_more_than_a_current_one():
    official = OfficialFactory(country="US")
    cite(official, "name")
    assert gravest_states([official]) == {official.pk: EvidenceState.UNSOURCED}


def test_a_record_that_neither_has_nor_wants_evidence_is_left_out():
    assert gravest_states([ProtectionFactory(level="unknown")]) == {}
    assert gravest_states([]) == {}


@pytest.mark.parametrize("kind", CITABLE)
def test_every_kind_is_told_in_two_queries_however_many_records(kind):
    records = FACTORIES[kind].create_batch(3)
    for record in records:
        cite(record, "summary", value="another")
    FACTORIES[kind]()
    with CaptureQueriesContext(connection) as captured:
        states = gravest_states(records)
    assert states == {record.pk: EvidenceState.STALE for record in records}
    assert len(captured) == 2
