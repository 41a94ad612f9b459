"""Any sequence of acts: as of each of them, the ledger gives exactly the roster of that moment."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.exchange.runs import import_csv
from roster.history.changesets import changeset
from roster.models import DOMAIN, Change, Changeset
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
from tests.history.past import picture_as_of, picture_now

pytestmark = pytest.mark.django_db

FACTORIES = (
    OfficialFactory,
    RoleFactory,
    ThreatSourceFactory,
    ThreatFactory,
    ProtectionFactory,
    ExtensionFactory,
    SourceFactory,
    ParagraphFactory,
    CitationFactory,
)
CITED = {"role": "title", "threat": "kind", "protection": "level", "extension": "start"}


def make(number):
    """A row of some model, with all that it rests on."""
    if kind := dict(enumerate(CITED)).get(number - len(FACTORIES)):
        record = FACTORIES[[m.record_kind for m in DOMAIN].index(kind)]()
        CitationFactory(official=None, field=CITED[kind], **{kind: record})
    else:
        FACTORIES[number % len(FACTORIES)]()


def one_of(number):
    """One of the rows that there are."""
    rows = [row for model in DOMAIN for row in model._default_manager.order_by("pk")]
    return rows[number % len(rows)] if rows else None


def edit(number):
    if row := one_of(number):
        if "note" in row.columns:
            row.note += f"{number}."
        else:
            row.summary += f"{number}."
        row.save()


def rename(number):
    row = one_of(number)
    if row and "ref" in row.columns:
        row.ref = f"{row.ref}-{number}"
        row.save()


def move(number):
    """Hang a row on the newest row that it can hang on."""
    if row := one_of(number):
        for name in ("official", "protection", "source", "threat_source", "parent"):
            if name in row.columns and type(row).record_kind != "citation":
                target = row._meta.get_field(name).related_model._default_manager.latest("pk")
                setattr(row, name, None if name == "parent" and target == row else target)
        row.save()


def let_go(number):
    """Make a threat one to officials in general."""
    row = one_of(number)
    if row and type(row).record_kind == "threat":
        row.official = None
        row.save()


def delete(number):
    if row := one_of(number):
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            edit(number)


def bring_in(number):
    import_csv(
        "officials",
        f"ref,name\nimported-{number % 3},Official {number}\n".encode(),
        reason="Import.",
    )


ACTS = (make, make, make, edit, rename, move, let_go, delete, bring_in)
steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 12), st.booleans()), min_size=1, max_size=14
)


def _head():
    return Changeset.objects.latest("position").position


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_as_of_each_act_gives_the_roster_of_that_moment(drawn):
    mark = transaction.savepoint()
    try:
        pictures = {}
        for act, number, inside in drawn:
            begun = _head()
            with changeset(reason="Act.") if inside else nullcontext():
                act(number)
            if _head() > begun:
                pictures[_head()] = picture_now()
        keys = {
            model.file_stem: set(
                Change.objects.filter(table=model._meta.db_table).values_list("key", flat=True)
            )
            for model in DOMAIN
        }
        for position, picture in {**pictures, None: picture_now()}.items():
            assert picture_as_of(position, keys) == picture
    finally:
        transaction.savepoint_rollback(mark)
