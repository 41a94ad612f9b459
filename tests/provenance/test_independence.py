"""Sources that only repeat one another count once, and an old version knows the newest."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.models import Source
from roster.provenance.independence import SourceFamilies, related_sources
from tests.factories import SourceFactory


def source(key, publisher="", published="", supersedes=None):
    return Source(pk=key, publisher=publisher, published=published, supersedes_id=supersedes)


def count(*sources):
    return SourceFamilies(sources).independent_count(one.pk for one in sources)


@pytest.mark.parametrize(
    ("one", "other", "independent"),
    [
        (("Gazette", "2024-05-02"), ("Gazette", "2024-05-02"), 1),
        (("Gazette", "2024-05-02"), ("  GAZETTE ", "2024-05-02"), 1),
        (("Gazette", "2024-05-02"), ("Gazette", "2024-05-03"), 2),
        (("Gazette", "2024-05-02"), ("Courier", "2024-05-02"), 2),
        (("", "2024-05-02"), ("", "2024-05-02"), 2),
        (("Gazette", "2024-05"), ("Gazette", "2024-05"), 2),
        (("Gazette", "2024-05-02~"), ("Gazette", "2024-05-02~"), 2),
        (("Gazette", ""), ("Gazette", ""), 2),
    ],
)
def test_one_publisher_on_one_day_is_one_source(one, other, independent):
    assert count(source(1, *one), source(2, *other)) == independent


def test_versions_are_one_source_over_any_number_between():
    versions = [source(1), source(2, supersedes=1), source(3, supersedes=2), source(4)]
    families = SourceFamilies(versions)
    assert families.independent_count([1, 3]) == 1
    assert families.independent_count([1, 3, 4]) == 2


def test_two_versions_of_one_document_are_one_source():
    assert count(source(1, supersedes=3), source(2, supersedes=3), source(3)) == 1


def test_what_repeats_a_version_repeats_the_document():
    assert (
        count(
            source(1, "Gazette", "2024-05-02"),
            source(2, "Gazette", "2024-06-01", supersedes=1),
            source(3, "Gazette", "2024-06-01"),
        )
        == 1
    )


def test_no_source_is_none():
    assert SourceFamilies([]).independent_count([]) == 0


def test_a_source_named_twice_counts_once():
    assert SourceFamilies([source(1)]).independent_count([1, 1]) == 1


def test_newest_version_is_the_last_of_the_line():
    families = SourceFamilies([source(1), source(2, supersedes=1), source(3, supersedes=2)])
    assert [families.newest_version(key) for key in (1, 2, 3)] == [
        families[3],
        families[3],
        None,
    ]


def test_of_several_newer_versions_the_one_added_last_is_newest():
    families = SourceFamilies([source(1), source(3, supersedes=1), source(2, supersedes=1)])
    assert families.newest_version(1) == families[3]


def test_versions_in_a_ring_end_before_they_begin_again():
    families = SourceFamilies([source(1, supersedes=2), source(2, supersedes=1)])
    assert families.newest_version(1) == families[2]
    assert families.newest_version(2) == families[1]
    assert families.independent_count([1, 2]) == 1


@pytest.mark.django_db
def test_older_and_newer_versions_are_fetched_in_one_query():
    oldest = SourceFactory()
    middle = SourceFactory(supersedes=oldest)
    newest = SourceFactory(supersedes=middle)
    others = [SourceFactory(), SourceFactory(supersedes=SourceFactory())]
    with CaptureQueriesContext(connection) as captured:
        families = related_sources([middle.pk, others[0].pk])
        assert families[oldest.pk].title == oldest.title
        assert families.newest_version(oldest.pk) == newest
    assert len(captured) == 1
    with pytest.raises(KeyError):
        families[others[1].pk]


@pytest.mark.django_db
def test_of_no_sources_none_are_fetched():
    SourceFactory()
    assert related_sources([]).independent_count([]) == 0
