"""The table of the sample model, made for each file of tests that asks for it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection

from tests.fields.samples import Sample


@contextmanager
def table_of(model):
    with connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(model)


@pytest.fixture(scope="module")
def sample_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), table_of(Sample):
        yield


@pytest.fixture
def samples(sample_table, db):
    """The manager of the samples, none of which is in the table yet."""
    return Sample.objects
