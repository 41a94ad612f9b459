"""Each rule between columns: the form says why, the database refuses, the edge passes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from roster.fields import Rule
from roster.models import DOMAIN, RECORDS, Citation, Protection
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

PERIOD = ("end", {"start": "2021", "end": "2020"}, {"start": "2020", "end": "2020-01-01"})


def itself(row):
    return row


# rule → factory, the field that the sentence belongs to, what breaks it, the edge that does not.
RULES = {
    "official_dies_after_birth": (
        OfficialFactory,
        "died",
        {"born": "1950-02", "died": "1948~"},
        {"born": "1950-02", "died": "../1950-02-01"},
    ),
    "role_period_is_possible": (RoleFactory, *PERIOD),
    "threat_period_is_possible": (ThreatFactory, *PERIOD),
    "protection_period_is_possible": (ProtectionFactory, *PERIOD),
    "extension_period_is_possible": (ExtensionFactory, *PERIOD),
    "protection_open_end_has_no_reason": (
        ProtectionFactory,
        "end",
        {"end": "..", "end_reason": "revoked"},
        {"end": "", "end_reason": "revoked"},
    ),
    "threat_source_is_not_its_own_parent": (
        ThreatSourceFactory,
        "parent",
        {"parent": itself},
        {"parent": None},
    ),
    "source_does_not_supersede_itself": (
        SourceFactory,
        "supersedes",
        {"supersedes": itself},
        {"supersedes": None},
    ),
    "citation_is_of_one_record": (
        CitationFactory,
        None,
        {"role": lambda citation: RoleFactory()},
        {},
    ),
    "citation_field_is_of_its_record": (
        CitationFactory,
        "field",
        {"field": "level"},
        {"field": "aliases"},
    ),
    "citation_anchor_is_whole": (
        CitationFactory,
        "anchor_words",
        {"anchor_quote": "words"},
        {"anchor_quote": "words", "anchor_words": "words"},
    ),
}


def changed(row, values):
    for name, value in values.items():
        setattr(row, name, value(row) if callable(value) else value)
    return row


def rules():
    return {
        constraint.name: constraint
        for model in DOMAIN
        for constraint in model._meta.constraints
        if isinstance(constraint, Rule)
    }


def test_every_rule_is_in_the_table():
    assert RULES.keys() == rules().keys()


@pytest.mark.parametrize("name", RULES)
def test_the_form_says_why(name):
    factory, field, bad, _edge = RULES[name]

    with pytest.raises(ValidationError) as refusal:
        changed(factory(), bad).full_clean()

    sentence = rules()[name].sentence
    assert sentence.endswith(".")
    assert sentence in refusal.value.message_dict[field or "__all__"]


@pytest.mark.parametrize("name", RULES)
def test_the_database_refuses(name):
    factory, _field, bad, _edge = RULES[name]
    row = changed(factory(), bad)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save()


@pytest.mark.parametrize("name", RULES)
def test_the_edge_passes(name):
    factory, _field, _bad, edge = RULES[name]
    row = changed(factory(), edge)

    row.full_clean()
    row.save()


def test_a_citation_of_two_records_is_refused():
    citation = CitationFactory()
    citation.role = RoleFactory()

    with pytest.raises(ValidationError, match="exactly one record"):
        citation.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        citation.save()


def test_a_citation_of_three_records_is_refused():
    """XOR would let an odd number pass."""
    citation = CitationFactory()
    citation.role, citation.threat = RoleFactory(), ThreatFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        citation.save()


KINDS = {
    "official": OfficialFactory,
    "role": RoleFactory,
    "threat_source": ThreatSourceFactory,
    "threat": ThreatFactory,
    "protection": ProtectionFactory,
    "extension": ExtensionFactory,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_words_are_cited_once_for_a_field(kind):
    record, paragraph = KINDS[kind](), ParagraphFactory()
    cited = {
        "official": None,
        kind: record,
        "field": record.columns[1],
        "paragraph": paragraph,
        "quote": "the same",
    }
    CitationFactory(**cited)
    again = CitationFactory.build(**cited)

    with pytest.raises(ValidationError, match="cited for this field already"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    again.quote = "other words"
    again.full_clean()
    again.save()


def test_a_paragraph_number_stands_once_in_its_source():
    first = ParagraphFactory(number=7)
    again = ParagraphFactory.build(source=first.source, number=7)

    with pytest.raises(ValidationError, match="has a paragraph of this number already"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    ParagraphFactory(number=7)


@pytest.mark.parametrize("model", RECORDS)
def test_a_ref_stands_once_in_its_model(model):
    first = KINDS[model.record_kind]()
    again = KINDS[model.record_kind](ref=f"{first.ref}-other")
    again.ref = first.ref

    with pytest.raises(ValidationError) as refusal:
        again.full_clean()
    assert "ref" in refusal.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(
    "foreign_key",
    [
        pytest.param(field, id=f"{model.__name__}.{field.name}")
        for model in DOMAIN
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    ],
)
def test_nothing_goes_that_others_rest_on(foreign_key):
    assert foreign_key.remote_field.on_delete is models.PROTECT


def test_a_protected_official_cannot_be_deleted():
    protection = ProtectionFactory()

    with pytest.raises(models.ProtectedError):
        protection.official.delete()
    assert Protection.objects.filter(pk=protection.pk).exists()


def delete_by_raw_sql(official_id):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM roster_official WHERE id = %s", [official_id])
        connection.check_constraints()


def test_raw_sql_cannot_delete_what_others_rest_on():
    citation = CitationFactory()

    with pytest.raises(IntegrityError):
        delete_by_raw_sql(citation.official_id)
    assert Citation.objects.filter(official__isnull=False).exists()
