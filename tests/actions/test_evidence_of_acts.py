"""Evidence of acts on protections: one passage for every fact that an act writes."""

from __future__ import annotations

import pytest

from roster.actions.act_plans import LACKS_EVIDENCE
from roster.actions.extend_protections import (
    ExtensionTerms,
    extend_protections,
    plan_extensions,
)
from roster.actions.recite import Passage
from roster.history.changesets import changeset
from roster.models import Citation, Protection, ProtectionExtension
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
)

pytestmark = pytest.mark.django_db
UNTIL = ExtensionTerms("2025-01-18")


def protection() -> Protection:
    with changeset(reason="Add."):
        return ProtectionFactory(
            ref="ann-lee/protection", official=OfficialFactory(ref="ann-lee"), end="2024-07-18"
        )


def extend(one: Protection, passage: Passage):
    return extend_protections([one.pk], terms=UNTIL, reason="As decided.", passage=passage)


def plan(one: Protection, passage: Passage | None = None):
    return plan_extensions([one.pk], terms=UNTIL, passage=passage)


def test_one_passage_is_cited_for_every_fact_that_is_written():
    one = protection()
    with changeset(reason="Add."):
        ExtensionFactory(protection=one, number=1, granted_by="The secretary", end=one.end)
    passage = Passage(ParagraphFactory(text="It was prolonged."), "was prolonged", "2")
    done = extend(one, passage=passage)
    new = ProtectionExtension.objects.get(number=2)
    cited = {
        (citation.record.label, citation.field): citation.value
        for citation in Citation.objects.with_records()
    }
    assert cited == {
        (new.label, "number"): "2",
        (new.label, "start"): "2024-07-19",
        (new.label, "end"): "2025-01-18",
        (new.label, "granted_by"): "The secretary",
        (one.label, "end"): "2025-01-18",
    }
    assert set(Citation.objects.values_list("quote", "stance", "credibility")) == {
        ("was prolonged", "supports", "2")
    }
    assert done.plan.citation_count == 5


def test_words_cited_for_the_end_before_are_cited_for_the_new_one():
    one = protection()
    paragraph = ParagraphFactory()
    with changeset(reason="Cite."):
        words = {"official": None, "protection": one, "field": "end", "value": one.end}
        same = CitationFactory(**words, paragraph=paragraph, quote="until then", credibility="1")
        CitationFactory(**words)
    made = plan(one, passage=Passage(paragraph, "until then"))
    assert "1 citation of its end so far becomes stale." in " ".join(made.warnings)
    extend(one, passage=Passage(paragraph, "until then"))
    same.refresh_from_db()
    assert (same.value, same.credibility) == ("2025-01-18", "1")


def test_words_that_dispute_the_end_are_refused_as_its_support():
    one = protection()
    with changeset(reason="Cite."):
        denial = CitationFactory(
            official=None, protection=one, field="end", value=one.end, stance="disputes"
        )
    (said,) = plan(one, passage=Passage(denial.paragraph, denial.quote)).all_refusals
    assert "these words dispute its end already" in said


def test_a_quote_that_does_not_stand_there_is_refused():
    passage = Passage(ParagraphFactory(text="It was prolonged."), "never heard of")
    assert "does not stand in" in plan(protection(), passage=passage).all_refusals[0]


def test_where_evidence_is_required_the_passage_is_enough_and_none_is_refused(settings):
    one = protection()
    settings.ROSTER_EVIDENCE = "require"
    assert LACKS_EVIDENCE in plan(one).all_refusals
    extend(one, passage=Passage(ParagraphFactory(), "until then"))
    assert Protection.objects.get(pk=one.pk).end == "2025-01-18"
