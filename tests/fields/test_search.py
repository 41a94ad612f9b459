"""SearchKeyField: the key follows the names wherever Django makes it."""

from __future__ import annotations

from tests.fields.samples import Sample, a_sample

KEY = Sample._meta.get_field("search_key")


def test_the_key_is_made_from_all_names():
    assert KEY.key_of(a_sample(name="Mark Milley", aliases=("General Milley",))) == (
        "general mark milley"
    )


def test_the_key_is_the_same_of_the_notation_of_a_list():
    assert KEY.key_of(a_sample(name="a", aliases="b|c")) == "a b c"


def test_a_save_makes_the_key(samples):
    sample = a_sample(name="José")
    sample.save()
    sample.name = "Łukasz"
    sample.save()
    assert sample.search_key == samples.get().search_key == "lukasz"


def test_bulk_create_makes_the_key(samples):
    samples.bulk_create([a_sample(name="José"), a_sample(ref="two", name="北京")])
    assert set(samples.values_list("search_key", flat=True)) == {"jose", "beijing"}


def test_the_key_has_no_limit_that_names_could_break(samples):
    a_sample(name="x", aliases=(" ".join(map(str, range(9))),), search_key="y" * 9_000).save()
    samples.update(search_key=" ".join(f"{number:x}" for number in range(20_000)))
    assert len(samples.get().search_key) > 80_000


def test_the_key_is_not_shown_in_forms():
    assert not KEY.editable
    a_sample().clean_fields()
