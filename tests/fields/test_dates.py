"""PartialDateField: what it takes, and bounds that are fresh on every path of a write."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Value
from django.forms import modelform_factory

from roster.dates import PartialDate
from roster.fields import BoundOf
from tests.fields.samples import Sample, a_sample, insert_raw
from tests.test_dates import WORDS

BOUNDS = ("start_earliest", "start_latest", "end_earliest", "end_latest")
JULY = ("2020-07-01", "2020-07-31", "9999-12-31", "9999-12-31")


def stored_bounds() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(BOUNDS)} FROM samples_sample")
        return cursor.fetchone()


def bounds_on(sample: Sample) -> tuple[str, ...]:
    return tuple(getattr(sample, bound) for bound in BOUNDS)


@pytest.mark.parametrize(("typed", "notation"), WORDS)
def test_words_are_kept_as_notation(typed, notation):
    sample = a_sample(start=typed)
    if typed:
        sample.clean_fields()
    assert sample.start == notation


def test_white_space_alone_is_unknown():
    sample = a_sample(start="  ")
    sample.clean_fields()
    assert sample.start == ""


def test_a_day_is_taken_as_its_iso_text(samples):
    sample = a_sample(start=date(2020, 7, 18), end=PartialDate("2021"))
    assert bounds_on(sample) == ("2020-07-18", "2020-07-18", "2021-01-01", "2021-12-31")
    sample.save()
    assert samples.filter(start=date(2020, 7, 18), end=PartialDate("2021")).exists()
    sample.full_clean()
    assert (sample.start, sample.end) == ("2020-07-18", "2021")


def test_a_moment_is_no_partial_date():
    with pytest.raises(ValidationError, match="is a moment"):
        a_sample(start=datetime(2020, 7, 18, tzinfo=UTC)).clean_fields()


def test_the_sentence_lists_the_accepted_forms():
    with pytest.raises(ValidationError) as refused:
        a_sample(start="03/01/2020", end="2020-13").clean_fields()
    messages = refused.value.message_dict
    assert messages["start"][0].startswith("“03/01/2020” is not a date that can be read; accepted")
    assert messages["end"][0].endswith("or .. (open, no end foreseen).")


def test_only_an_end_may_be_open():
    a_sample(end="..").clean_fields()
    with pytest.raises(ValidationError) as refused:
        a_sample(start="..").clean_fields()
    assert set(refused.value.message_dict) == {"start"}


def test_a_form_shows_the_text_and_takes_words():
    form_class = modelform_factory(Sample, fields=["start", "end"])
    form = form_class({"start": "BY 2020-07", "end": "unknown"}, instance=a_sample(start="2019"))
    assert 'value="2019"' in str(form_class(instance=a_sample(start="2019"))["start"])
    assert form.is_valid(), form.errors
    assert (form.instance.start, form.instance.end) == ("../2020-07", "")
    assert form.instance.start_latest == "2020-07-31"


def test_bounds_are_fresh_after_save(samples):
    sample = a_sample(start="2019")
    sample.save()
    sample.start, sample.end = "2020-07", ".."
    assert bounds_on(sample) == JULY
    sample.save()
    assert bounds_on(sample) == stored_bounds() == JULY


def test_bounds_are_fresh_after_saving_one_field(samples):
    sample = a_sample(start="2019", end="..")
    sample.save()
    sample.start = "2020-07"
    sample.save(update_fields=["start"])
    assert bounds_on(sample) == stored_bounds() == JULY


def test_bounds_are_fresh_after_bulk_create(samples):
    [sample] = samples.bulk_create([a_sample(start="2020-07", end="..")])
    assert bounds_on(sample) == stored_bounds() == JULY


def test_bounds_are_fresh_after_bulk_update(samples):
    sample = a_sample(start="2019")
    sample.save()
    sample.start, sample.end = "2020-07", ".."
    samples.bulk_update([sample], ["start", "end"])
    assert bounds_on(sample) == stored_bounds() == JULY


def test_bounds_are_fresh_after_an_update_of_a_queryset(samples):
    sample = a_sample(start="2019")
    sample.save()
    samples.update(start="2020-07", end="..")
    sample.refresh_from_db()
    assert bounds_on(sample) == stored_bounds() == JULY


def test_bounds_are_fresh_after_raw_sql(samples):
    insert_raw(start="2019")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE samples_sample SET start = '2020-07', \"end\" = '..'")
    assert bounds_on(samples.get()) == stored_bounds() == JULY


def test_bounds_of_unknown_dates_are_the_whole_calendar(samples):
    insert_raw()
    assert stored_bounds() == ("0001-01-01", "9999-12-31", "0001-01-01", "9999-12-31")


def test_an_instance_without_its_text_shows_what_was_loaded(samples, django_assert_num_queries):
    insert_raw(start="2020-07")
    sample = samples.only("start_latest").get()
    with django_assert_num_queries(0):
        assert sample.start_latest == "2020-07-31"
    with django_assert_num_queries(1):
        assert sample.start_earliest == "2020-07-01"


def test_a_bound_cannot_be_set(samples):
    sample = a_sample(start="2020-07", start_latest="1999-01-01")
    sample.start_earliest = "1999-01-01"
    sample.save()
    assert bounds_on(sample)[:2] == stored_bounds()[:2] == JULY[:2]


def test_the_bound_of_an_unreadable_text_is_refused():
    with pytest.raises(ValueError, match="“soon” is not a date"):
        _ = a_sample(start="soon").start_latest


def test_the_class_attribute_is_the_descriptor():
    assert Sample.start_latest.field.name == "start_latest"


def test_bounds_can_be_asked_for_in_a_query(samples):
    insert_raw(start="2020-07~")
    row = samples.annotate(first=BoundOf("start", edge="earliest")).values("first").get()
    assert row == {"first": "2020-06-01"}
    assert samples.filter(start_latest=BoundOf(F("start"), edge="latest")).exists()


def test_the_bounds_of_any_text_can_be_asked_for(samples):
    insert_raw()
    row = samples.annotate(last=BoundOf(Value("2020-02"), edge="latest")).values("last").get()
    assert row == {"last": "2020-02-29"}


def test_the_validators_alone_refuse_an_unreadable_text():
    field = Sample._meta.get_field("start")
    field.run_validators("2020~")
    with pytest.raises(ValidationError, match="“soon” is not a date"):
        field.run_validators("soon")


def test_what_is_no_text_is_not_taken_for_unknown():
    for value in (0, False, 20.5):
        with pytest.raises(ValidationError, match="is not a date"):
            Sample._meta.get_field("start").to_python(value)
    assert Sample._meta.get_field("start").to_python(None) == ""


def test_part_of_a_date_can_be_looked_for(samples):
    insert_raw(start="2020-07-18")
    assert samples.filter(start__startswith="2020-0").exists()
