"""Chains of officials as the database has them, in sets."""

from __future__ import annotations

import pytest

from roster.dashboards.coverage import chains_of
from roster.dates import PartialDate
from roster.models import Official
from roster.models.citations import Stance
from roster.periods import Chain, Extension, Period
from tests.factories import (
    CitationFactory,
    ExtensionFactory,
    OfficialFactory,
    ParagraphFactory,
    ProtectionFactory,
)

pytestmark = pytest.mark.django_db


def period(start: str, end: str) -> Period:
    return Period(PartialDate(start), PartialDate(end))


def cited(published: str, **record) -> None:
    paragraph = ParagraphFactory(source__published=published)
    CitationFactory(official=None, field="start", paragraph=paragraph, **record)


def chains_of_all() -> dict[str, list[Chain]]:
    refs = dict(Official.objects.values_list("pk", "ref"))
    return {refs[key]: chains for key, chains in chains_of(Official.objects.all()).items()}


def test_a_chain_is_a_protection_with_its_extensions_and_evidence():
    protection = ProtectionFactory(
        official__ref="ann-lee",
        ref="ann-lee/protection",
        start="2020",
        end="2024-07-18",
        end_reason="revoked",
        ended_by="Ministry of Lamps",
    )
    extension = ExtensionFactory(
        protection=protection,
        ref="ann-lee/protection/8",
        number=8,
        decided="2023-12",
        notified="../2024",
        start="2024-01-01",
        end="2024-12-31",
    )
    cited("2024-07-18", protection=protection)
    cited("2023-12-20", extension=extension)
    cited("2024-12-31", protection=protection, stance=Stance.DISPUTES)

    (chain,) = chains_of_all()["ann-lee"]
    assert set(chain.evidence) == {PartialDate("2024-07-18"), PartialDate("2023-12-20")}
    assert chain == Chain(
        "ann-lee/protection",
        period("2020", "2024-07-18"),
        "revoked",
        "Ministry of Lamps",
        (
            Extension(
                "ann-lee/protection/8",
                8,
                PartialDate("2023-12"),
                PartialDate("../2024"),
                period("2024-01-01", "2024-12-31"),
            ),
        ),
        chain.evidence,
    )


def test_chains_are_by_start_and_extensions_by_number():
    ann = OfficialFactory(ref="ann-lee")
    for ref, start in (("b", "2022"), ("c", "2021-06"), ("a", "2022")):
        protection = ProtectionFactory(official=ann, ref=ref, start=start)
    for number, start in ((None, "2023"), (7, ""), (None, "2022"), (5, "2024")):
        ExtensionFactory(protection=protection, number=number, start=start)

    chains = chains_of_all()["ann-lee"]
    assert [chain.ref for chain in chains] == ["c", "a", "b"]
    assert [(one.number, one.period.start.text) for one in chains[1].extensions] == [
        (5, "2024"),
        (7, ""),
        (None, "2022"),
        (None, "2023"),
    ]


def test_only_the_officials_asked_for_are_told_of_and_only_with_chains():
    ann, bob, _cem = (OfficialFactory(ref=ref) for ref in ("ann", "bob", "cem"))
    for official in (ann, bob):
        ExtensionFactory(protection=ProtectionFactory(official=official))

    assert chains_of_all().keys() == {"ann", "bob"}
    assert chains_of(Official.objects.filter(ref="bob")).keys() == {bob.pk}
    assert chains_of(Official.objects.order_by("ref")[:1]).keys() == {ann.pk}
    assert chains_of(Official.objects.none()) == {}


@pytest.mark.parametrize("count", [1, 20])
def test_it_takes_three_queries(django_assert_num_queries, count):
    for _ in range(count):
        extension = ExtensionFactory()
        cited("2024", extension=extension)
        cited("2024", protection=extension.protection)
    with django_assert_num_queries(3):
        assert len(chains_of(Official.objects.all())) == count
