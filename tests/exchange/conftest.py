"""A roster as the seed makes it, and files made in a line."""

import csv
import shutil
from pathlib import Path

import pytest

from roster.exchange.bundle import import_bundle
from roster.models import DOMAIN, Source, ThreatSource
from tests.history.conftest import own_database, template

__all__ = ["own_database", "template"]
"""The database of one test's own, with real commits, serves here as well."""

SEED = Path(__file__).parents[2] / "fixtures" / "2024-07-18-iran-threat"


@pytest.fixture(autouse=True)
def cells_of_any_length():
    """The longest cell that Python's csv reads, of the whole process, as it was before."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


@pytest.fixture
def seeded(db):
    """The seed, in one changeset of kind `seed`."""
    return import_bundle(SEED, reason="Seed.", kind="seed")


@pytest.fixture
def bundle(tmp_path):
    """The seed in a folder of its own, to be spoiled."""
    return shutil.copytree(SEED, tmp_path / "bundle")


def wipe():
    """Delete every record, what rests on others first."""
    ThreatSource.objects.update(parent=None)
    Source.objects.update(supersedes=None)
    for model in reversed(DOMAIN):
        model.objects.all().delete()
