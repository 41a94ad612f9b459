"""Lists without rows say so, and lead who may add or import to where the first row comes in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from roster.admin.display import page_url, reader_url
from roster.history.changesets import changeset
from roster.models import DOMAIN, ImportMapping, ImportRun, Official
from tests.factories import OfficialFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    """Signs in a member of a group; what is given back opens an address."""

    def sign_in(group):
        with changeset(reason="Account.", kind="command"):
            user = UserFactory(is_staff=True)
            user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return lambda address: client.get(address).content.decode()

    return sign_in


@pytest.mark.parametrize("model", DOMAIN)
def test_an_empty_list_leads_an_analyst_to_the_first_row(member, model):
    page = member("Analyst")(page_url(model, "changelist"))
    options = model._meta
    assert (
        f'No {options.verbose_name_plural} yet. <a href="{page_url(model, "add")}">'
        "Add the first one</a> or "
        f'<a href="/roster/{options.model_name}/import/">import a file</a>.</p>'
    ) in page


@pytest.mark.parametrize("group", ["Viewer", "Reviewer"])
@pytest.mark.parametrize("model", DOMAIN)
def test_an_empty_list_tells_nobody_to_add_who_may_not(member, model, group):
    page = member(group)(page_url(model, "changelist"))
    assert f'<p class="empty">No {model._meta.verbose_name_plural} yet.</p>' in page


@pytest.mark.parametrize("query", ["q=nobody", "evidence=stale"])
def test_what_leaves_a_list_without_rows_can_be_taken_off(member, query):
    with changeset(reason="Prepared.", kind="command"):
        OfficialFactory(name="Ada Fernwright")
    page = member("Viewer")(f"{page_url(Official, 'changelist')}?{query}")
    assert '<p class="empty">Nothing here is like that. <a href="?">Show all</a>.</p>' in page


def test_a_list_with_rows_says_nothing_of_the_kind(member):
    with changeset(reason="Prepared.", kind="command"):
        OfficialFactory()
    assert 'class="empty"' not in member("Analyst")(page_url(Official, "changelist"))


@pytest.mark.parametrize("model", [ImportRun, ImportMapping])
def test_imports_begin_at_the_officials(member, model):
    page = member("Analyst")(page_url(model, "changelist"))
    assert '<a href="/roster/official/import/">Import officials</a>.</p>' in page


@pytest.mark.parametrize("group", ["Analyst", "Viewer"])
def test_a_source_without_paragraphs_leads_to_its_text(member, group):
    with changeset(reason="Prepared.", kind="command"):
        source = SourceFactory()
    page = member(group)(reader_url(source))
    assert "No paragraphs yet: there is nothing to read." in page
    assert (f"/roster/source/{source.pk}/text/" in page) == (group == "Analyst")


@pytest.mark.parametrize("group", ["Analyst", "Viewer"])
def test_nobody_protected_leads_to_the_first_official(member, group):
    page = member(group)("/protected/")
    assert "No officials yet." in page
    assert ("Add the first one" in page) == (group == "Analyst")
