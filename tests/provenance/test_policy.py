"""Under `require` no act leaves a new value without a current citation; under `warn` any may."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.history.changesets import changeset
from roster.models import Change, Changeset, Citation, Official, Protection, Threat
from roster.models.citations import Stance
from roster.provenance.policy import EvidenceLacking
from tests.factories import (
    CitationFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
    RoleFactory,
    ThreatFactory,
    ThreatSourceFactory,
)

pytestmark = pytest.mark.django_db

TEXT = "A detail has guarded her since that year."
SENTENCE = (
    "protection:ann/protection, level: event has no current citation: cite the passage that it "
    "rests on, or leave the field as it was."
)


@pytest.fixture
def required(settings):
    settings.ROSTER_EVIDENCE = "require"


@pytest.fixture
def protection():
    return ProtectionFactory(ref="ann/protection", level="part_time")


def cite(record, column, value, **values):
    return CitationFactory(
        **{"official": None, record.record_kind: record}, field=column, value=value, **values
    )


def act(*, kind="edit"):
    return changeset(reason="A test.", kind=kind)


def refused(change, **options):
    """The sentences with which an act that does `change` is refused."""
    before = Change.objects.count(), Changeset.objects.count()
    with pytest.raises(EvidenceLacking) as refusal, act(**options):
        change()
    assert (Change.objects.count(), Changeset.objects.count()) == before
    return refusal.value.messages


def set_level(level):
    return lambda: Protection.objects.update(level=level)


def test_changed_value_without_a_citation_is_refused_and_nothing_is_written(required, protection):
    assert refused(set_level("event")) == [SENTENCE]
    protection.refresh_from_db()
    assert protection.level == "part_time"


def test_refusal_is_a_validation_error_so_that_acts_and_screens_can_say_it(required, protection):
    with pytest.raises(ValidationError), act():
        Protection.objects.update(level="event")


def test_under_warn_the_same_act_is_saved_and_nothing_is_looked_at(protection, monkeypatch):
    monkeypatch.setattr("roster.provenance.policy.lacking_evidence", None)
    with act():
        Protection.objects.update(level="event")
    protection.refresh_from_db()
    assert protection.level == "event"


@pytest.mark.parametrize(
    ("evidence", "passes"),
    [
        ({"value": "event"}, True),
        ({"value": "event", "quote": "guarded her"}, True),
        ({"value": "event", "paragraph__text": TEXT, "quote": "guarded her"}, True),
        ({"value": "event", "paragraph__text": TEXT, "quote": "no such words"}, False),
        ({"value": "part_time"}, False),
        ({"value": "event", "stance": Stance.DISPUTES}, False),
    ],
)
def test_what_counts_is_a_supporting_citation_neither_stale_nor_unanchored(
    required, protection, evidence, passes
):
    cite(protection, "level", **evidence)
    if passes:
        with act():
            set_level("event")()
    else:
        assert refused(set_level("event")) == [SENTENCE]


def test_value_that_is_disputed_as_well_may_be_stated(required, protection):
    cite(protection, "level", "event")
    cite(protection, "level", "event", stance=Stance.DISPUTES)
    with act():
        Protection.objects.update(level="event")


def test_citation_of_another_field_does_not_help(required, protection):
    cite(protection, "provider", "event")
    assert refused(set_level("event")) == [SENTENCE]


@pytest.mark.parametrize("level", ["unknown", "part_time"])
def test_unknown_and_unchanged_values_need_nothing(required, protection, level):
    with act():
        Protection.objects.update(level=level, summary="In short.")


def test_value_that_may_be_emptied_needs_nothing_then(required):
    protection = ProtectionFactory(provider="Army")
    with act():
        Protection.objects.filter(pk=protection.pk).update(provider="")


def test_old_value_without_evidence_is_no_reason_to_refuse_another_change(required, protection):
    cite(protection, "provider", "Army")
    with act():
        Protection.objects.update(provider="Army")


def test_value_changed_and_changed_back_in_one_act_is_no_new_value(required, protection):
    with act():
        Protection.objects.update(level="event")
        Protection.objects.update(level="part_time")


def test_new_row_names_each_of_its_values_that_lacks_evidence(required):
    official = OfficialFactory(ref="ann")

    def add():
        ProtectionFactory(ref="ann/protection", official=official, level="event", start="2020")

    assert refused(add) == [
        SENTENCE,
        SENTENCE.replace("level: event", "start: 2020"),
    ]


def test_new_row_passes_with_its_citations_in_the_same_act(required):
    official = OfficialFactory()
    with act():
        cite(ProtectionFactory(official=official, level="event"), "level", "event")


def test_row_given_another_ref_is_no_new_value(required):
    threat = ThreatFactory()
    with act():
        Official.objects.filter(pk=threat.official_id).update(ref="renamed")


def test_another_row_is_another_value(required):
    threat, other = ThreatFactory(ref="iran/plot"), OfficialFactory(ref="bob")

    def change():
        Threat.objects.filter(pk=threat.pk).update(official=other)

    assert refused(change) == [
        SENTENCE.replace(
            "protection:ann/protection, level: event", "threat:iran/plot, official: bob"
        )
    ]


def test_row_and_value_deleted_again_need_nothing(required):
    source = ThreatSourceFactory()
    with act():
        ThreatFactory(threat_source=source, official=None).delete()


def test_removing_the_last_citation_puts_the_field_in_the_queue(required, protection):
    cite(protection, "level", "part_time")
    with act():
        Citation.objects.all().delete()
    assert Protection.objects.unsourced_in("level").get() == protection


@pytest.mark.parametrize("kind", ["undo", "migration"])
def test_what_brings_back_or_moves_values_is_not_held_to_it(required, protection, kind):
    with act(kind=kind):
        Protection.objects.update(level="event")


@pytest.mark.parametrize("kind", ["edit", "import", "command", "seed"])
def test_every_other_kind_of_act_is_held_to_it(required, protection, kind):
    assert refused(set_level("event"), kind=kind) == [SENTENCE]


def test_hostile_value_is_quoted_short_and_visible(required):
    role = RoleFactory(ref="ann/head")

    def change():
        role.title = "x" * 100
        role.save()

    (sentence,) = refused(change)
    assert f"title: “{'x' * 60}…” has no current citation" in sentence


def test_many_rows_cost_the_same_queries_as_one(required):
    with act():  # which also binds what the factories write outside any changeset
        protections = ProtectionFactory.create_batch(30, level="unknown")
        paragraph = ParagraphFactory()
        for protection in protections:
            cite(protection.official, "name", protection.official.name, paragraph=paragraph)
            cite(protection, "level", "event", paragraph=paragraph)
    counts = []
    for keys in ([protections[0].pk], [protection.pk for protection in protections[1:]]):
        with CaptureQueriesContext(connection) as captured, act():
            Protection.objects.filter(pk__in=keys).update(level="event")
        counts.append(len(captured))
    assert counts[0] == counts[1]
