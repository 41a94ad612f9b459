"""Pages of saved mappings: their JSON is checked as an import reads it."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import ImportMapping
from tests.admin.pages import change_page, send, text_of
from tests.factories import ImportMappingFactory, UserFactory

ADD = page_url(ImportMapping, "add")
GOOD = '{"model":"roles","columns":{"ref":{"from":"id"}},"ignored":["a\\u202eb"]}'


def test_mapping_is_kept_as_it_is_read_with_its_model(signed_in):
    send(signed_in, ADD, name="Terms", definition=GOOD, change_reason="Monthly")
    saved = ImportMapping.objects.get()
    assert saved.stem == "roles"
    assert json.loads(saved.definition) == json.loads(GOOD)
    assert saved.definition.startswith('{\n  "model": "roles"')


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("{", "The mapping is not JSON"),
        ('{"model": "roles", "columns": {"nmae": {"from": "a"}}}', "there is no key “nmae”"),
    ],
)
def test_what_is_no_mapping_is_refused_in_the_form(signed_in, definition, said):
    answer = send(signed_in, ADD, name="Terms", definition=definition, change_reason="Monthly")
    assert said in text_of(answer)
    assert not ImportMapping.objects.exists()


def test_name_that_is_taken_is_refused_in_the_form(signed_in):
    ImportMappingFactory(name="Terms")
    answer = send(signed_in, ADD, name="Terms", definition=GOOD, change_reason="Monthly")
    assert "already exists" in text_of(answer)


@pytest.mark.parametrize(
    ("group", "status"), [("Viewer", 403), ("Reviewer", 403), ("Analyst", 200)]
)
def test_analysts_alone_see_and_change_them(client, db, group, status):
    saved = ImportMappingFactory()
    with changeset(reason="Account.", kind="command"):
        user = UserFactory(is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    assert client.get(change_page(saved)).status_code == status
