"""Rules between columns: one sentence in forms, one CHECK in the database, plain in migrations."""

from __future__ import annotations

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.db.migrations.writer import MigrationWriter
from django.forms import modelform_factory

from roster.fields import PeriodRule
from tests.fields.samples import Sample, a_sample, insert_raw

PERIOD, SUMMARY, PLACE, PARENT = Sample._meta.constraints
PERIOD_SENTENCE = (
    "The end lies before the start: give dates whose end can be on or after the start."
)


def refusal(exclude=(), **values: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        a_sample(**values).validate_constraints(exclude=set(exclude))
    return refused.value.message_dict


def test_the_sentence_belongs_to_its_field():
    assert refusal(start="2021", end="2020") == {"end": [PERIOD_SENTENCE]}
    assert refusal(level="high") == {
        "summary": ["A high level is 100 % of nothing without a summary: give one."]
    }


@pytest.mark.django_db
def test_no_rule_asks_a_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        a_sample(start="2020", end="2020").validate_constraints()
        refusal(start="2021", end="2020", level="high")


@pytest.mark.parametrize(
    "values",
    [
        {"start": "2021", "end": "2020"},
        {"start": "2020-07-19", "end": "../2020-07-18"},
        {"level": "high"},
        {"number": 2, "place": 1},
    ],
)
def test_the_database_refuses(samples, values):
    with pytest.raises(IntegrityError):
        insert_raw(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"start": "2020-07-18", "end": "2020-07-18"},
        {"start": "2020-07", "end": "2020-07"},
        {"start": "2021", "end": ".."},
        {"start": "../2021", "end": "../2020"},
        {"level": "high", "summary": "s"},
        {"number": 2, "place": 2},
    ],
)
def test_the_edge_passes(samples, values):
    a_sample(**values).validate_constraints()
    insert_raw(**values)


def test_the_sentence_is_of_the_row_when_its_field_is_not_in_the_form():
    assert refusal(exclude=["end"], start="2021", end="2020") == {
        NON_FIELD_ERRORS: [PERIOD_SENTENCE]
    }


def test_the_sentence_is_of_the_row_when_its_column_is_no_field():
    assert refusal(number=2) == {
        NON_FIELD_ERRORS: ["The place lies before the number: give a later place."]
    }


@pytest.mark.django_db
def test_a_rule_about_a_relation_asks_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert refusal(exclude=["parent"], id=7, parent_id=7) == {
            NON_FIELD_ERRORS: [PARENT.sentence]
        }
        a_sample(id=7, parent_id=8).validate_constraints(exclude={"parent"})


def test_the_error_is_named_after_the_rule():
    with pytest.raises(ValidationError) as refused:
        PLACE.validate(Sample, a_sample(number=2))
    assert refused.value.code == "sample_place_follows_number"


@pytest.mark.parametrize("values", [{"start": "soon", "end": "2020"}, {"end": "2020-13"}])
def test_a_value_that_is_refused_already_is_not_judged_again(values):
    a_sample(**values).validate_constraints(exclude={"start", "end"})
    with pytest.raises(ValidationError) as refused:
        a_sample(**values).full_clean(validate_unique=False)
    assert NON_FIELD_ERRORS not in refused.value.message_dict


def test_a_rule_is_asked_of_a_form_without_its_fields():
    form_class = modelform_factory(Sample, fields=["start"])
    form = form_class({"start": "2021"}, instance=a_sample(end="2020"))
    assert form.errors == {NON_FIELD_ERRORS: [PERIOD_SENTENCE]}


def test_a_period_of_other_columns_has_its_own_sentence():
    rule = PeriodRule(name="life", start="end", end="start", sentence="The death is first.")
    with pytest.raises(ValidationError) as refused:
        rule.validate(Sample, a_sample(start="2020", end="2021"))
    assert refused.value.message_dict == {"start": ["The death is first."]}


def test_migrations_keep_a_plain_check_constraint():
    written, _ = MigrationWriter.serialize(PERIOD)
    assert written.startswith("models.CheckConstraint(")
    plain = eval(written, {"models": models})
    assert type(plain) is models.CheckConstraint
    assert plain == PERIOD


def test_a_clone_is_the_whole_rule():
    clone = SUMMARY.clone()
    assert clone == SUMMARY
    assert clone is not SUMMARY
    assert (clone.sentence, clone.field, clone.holds) == (
        SUMMARY.sentence,
        SUMMARY.field,
        SUMMARY.holds,
    )


def test_a_percent_sign_in_a_sentence_is_kept():
    assert SUMMARY.get_violation_error_message() == SUMMARY.sentence
