"""Saving a mapping: one changeset with who and why, and no name is taken from another."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roster.actions.save_mapping import save_mapping
from roster.actions.undo_changeset import undo_changeset
from roster.history.changesets import changeset
from roster.models import Change, Changeset, ImportMapping
from roster.models.changes import Act
from tests.factories import ImportMappingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    with changeset(reason="Account.", kind="command"):
        return UserFactory(username="ann")


@pytest.fixture
def registry():
    with changeset(reason="Prepared.", kind="command"):
        return ImportMappingFactory(name="Registry", definition="{}")


def save(definition="{}", *, name="Registry", stem="officials", **others):
    return save_mapping(definition, name=name, stem=stem, reason="Comes monthly.", **others)


def test_new_mapping_is_one_changeset_with_user_and_reason(ann):
    saved = save(user=ann)
    entry = Changeset.objects.newest_first().first()
    assert (entry.user, entry.reason, entry.kind) == (ann, "Comes monthly.", "edit")
    (change,) = entry.changes_in_order
    assert (change.table, change.key, change.act) == ("roster_importmapping", saved.pk, Act.INSERT)


def test_same_mapping_saved_again_writes_nothing(registry):
    before = Change.objects.count()
    assert save() == registry
    assert Change.objects.count() == before


def test_other_mapping_does_not_take_a_name(registry):
    with pytest.raises(ValidationError, match="There is another mapping “Registry”"):
        save('{"a": 1}')
    registry.refresh_from_db()
    assert registry.definition == "{}"


def test_mapping_is_replaced_when_so_said_and_the_undo_brings_it_back(registry):
    save('{"a": 1}', replaces=True)
    registry.refresh_from_db()
    assert registry.definition == '{"a": 1}'
    undo_changeset(Changeset.objects.newest_first().first().position, reason="Mistaken.")
    registry.refresh_from_db()
    assert registry.definition == "{}"


def test_mapping_of_another_model_is_never_replaced(registry):
    with pytest.raises(ValidationError, match="“Registry” is a mapping for officials"):
        save(stem="roles", replaces=True)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\u202eb"])
def test_name_that_a_page_could_not_show_is_refused(name):
    with pytest.raises(ValidationError):
        save(name=name)
    assert not ImportMapping.objects.exists()
