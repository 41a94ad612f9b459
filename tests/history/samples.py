"""Rows for the ledger's tests: one of each model, and what each is about."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from roster.history.changesets import changeset
from roster.models import (
    Change,
    Citation,
    Official,
    Paragraph,
    Protection,
    ProtectionExtension,
    Role,
    Source,
    Threat,
    ThreatSource,
)


def official(ref: str = "ann-lee", **values: object) -> Official:
    """An official who is in the database."""
    return Official.objects.create(**{"ref": ref, "name": "Ann Lee", **values})


def one_of_each() -> dict[type[models.Model], models.Model]:
    """A row of every domain model, all about one official."""
    ann = official()
    role = Role.objects.create(ref="ann-lee/envoy", official=ann, title="Envoy")
    threat_source = ThreatSource.objects.create(ref="a-state", name="A state", kind="state")
    threat = Threat.objects.create(
        ref="a-state/plot",
        threat_source=threat_source,
        official=ann,
        kind="plot",
        status="reported",
    )
    protection = Protection.objects.create(
        ref="ann-lee/protection", official=ann, level="part_time"
    )
    extension = ProtectionExtension.objects.create(
        ref="ann-lee/protection/1", protection=protection, number=1
    )
    source = Source.objects.create(ref="a-notice", title="A notice")
    paragraph = Paragraph.objects.create(source=source, number=1)
    citation = Citation.objects.create(extension=extension, field="start", paragraph=paragraph)
    rows = (
        ann,
        role,
        threat_source,
        threat,
        protection,
        extension,
        source,
        paragraph,
        citation,
    )
    return {type(row): row for row in rows}


def a_ledger() -> None:
    """Entries 2 to 5: two rows new, one edited by a user after writes from outside, one deleted."""
    with changeset(reason="Fill the roster.", kind="seed"):
        rows = one_of_each()
    user = User.objects.create_user("ann-the-analyst", password="Correct-horse-7")
    Official.objects.update(country="CA")
    with changeset(reason="Correct the country.", user=user):
        Official.objects.update(country="US")
    with changeset(reason="Name the envoy.", user=user):
        rows[Role].title = "Special envoy"
        rows[Role].save()
        rows[Official].honorific = "Ms"
        rows[Official].save(update_fields=["honorific"])
    with changeset(reason="Cite no more.", kind="undo"):
        rows[Citation].delete()


def last_change(row: models.Model) -> Change:
    """The newest change of a row."""
    return Change.objects.of_row(row).latest("id")


def acts() -> list[tuple[str, str, int]]:
    """Act, table and key of every change but those of migrating, oldest first."""
    changes = Change.objects.exclude(changeset__kind="migration").order_by("id")
    return list(changes.values_list("act", "table", "key"))


def written(model=Official) -> list[str]:
    """The acts on one model's rows, oldest first."""
    return [act for act, table, _ in acts() if table == model._meta.db_table]
