"""Groups: what each name promises, and nothing else; made and kept by migrating."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from import_export.admin import ExportMixin, ImportMixin

from roster.access.groups import GROUPS, keep_promises
from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import DOMAIN, Change, Changeset, Official
from tests.admin.pages import form_on
from tests.factories import OfficialFactory, UserFactory

ROWS = (
    "official",
    "role",
    "threatsource",
    "threat",
    "protection",
    "protectionextension",
    "source",
    "paragraph",
    "citation",
)
READS = {f"view_{table}" for table in (*ROWS, "changeset", "change")}
EXPORTS = {f"export_{table}" for table in ROWS}
WRITES = {f"{act}_{table}" for act in ("add", "change", "delete", "import") for table in ROWS}
ACCOUNTS = {
    f"{act}_{table}" for act in ("view", "add", "change", "delete") for table in ("user", "group")
}
REVIEWS = {"add_review"}
TRUST = {"add_acknowledgement"}
MAPPINGS = {f"{act}_importmapping" for act in ("view", "add", "change", "delete")}
RUNS = {"view_importrun"}
PROMISED = {
    "Viewer": READS,
    "Analyst": READS | EXPORTS | WRITES | MAPPINGS,
    "Reviewer": READS | EXPORTS | REVIEWS | RUNS,
    "Administrator": READS | EXPORTS | WRITES | ACCOUNTS | REVIEWS | TRUST | MAPPINGS | RUNS,
}
READ, ADD, CHANGE, DELETE, CHANGESETS, USERS, GRANT = (
    "read",
    "add",
    "change",
    "delete",
    "changesets",
    "users",
    "grant",
)
MAY = {
    "Viewer": {READ, CHANGESETS},
    "Analyst": {READ, ADD, CHANGE, DELETE, CHANGESETS},
    "Reviewer": {READ, CHANGESETS},
    "Administrator": {READ, ADD, CHANGE, DELETE, CHANGESETS, USERS, GRANT},
    "nobody": set(),
}
ACTS = (READ, ADD, CHANGE, DELETE, CHANGESETS, USERS, GRANT)


def held(name):
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def codes(user):
    return {permission.partition(".")[2] for permission in user.get_all_permissions()}


def version_shown(client, url):
    """The version of the record that the form at this address carries, where it is shown."""
    page = client.get(url)
    held = form_on(page) if page.status_code == 200 else {}
    return {name: value for name, value in held.items() if name == "version"}


def attempt(client, act, user, official):
    """The answer to an attempt at the act through the admin's pages."""
    reason = {"change_reason": "Because"}
    row = page_url(Official, "change", official.pk)
    match act:
        case "read":
            return client.get(row)
        case "add":
            return client.post(page_url(Official, "add"), {"name": "New"} | reason)
        case "change":
            values = {"name": "Renamed", "ref": official.ref}
            return client.post(row, values | version_shown(client, row) | reason)
        case "delete":
            url = page_url(Official, "delete", official.pk)
            return client.post(url, {"post": "yes"} | version_shown(client, url) | reason)
        case "changesets":
            return client.get(page_url(Changeset, "changelist"))
        case "users":
            return client.get(page_url(type(user), "changelist"))
        case "grant":
            return client.get(page_url(type(user), "change", user.pk))


@pytest.mark.django_db
def test_there_are_four_groups():
    assert set(Group.objects.values_list("name", flat=True)) == set(PROMISED) == set(GROUPS)


@pytest.mark.parametrize("name", PROMISED)
def test_member_may_do_exactly_what_the_name_promises(member, name):
    assert codes(member(name)) == PROMISED[name]


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("act", ACTS)
def test_pages_let_a_member_do_what_the_name_promises_and_refuse_the_rest(
    client, member, name, act
):
    user, official = member(name), OfficialFactory()
    before = Changeset.objects.filter(kind="edit").count()
    client.force_login(user)
    answer = attempt(client, act, user, official)
    written = Changeset.objects.filter(kind="edit").count() - before
    if act in MAY[name]:
        assert answer.status_code in {200, 302}
        assert written == (act in {ADD, CHANGE, DELETE})
    else:
        assert answer.status_code == 403
        assert not written


def test_a_viewer_has_no_button_that_writes(client, member):
    client.force_login(member("Viewer"))
    page = client.get(page_url(Official, "change", OfficialFactory().pk)).content.decode()
    assert "_save" not in page
    assert "Delete" not in page


def test_who_is_no_member_of_staff_gets_in_nowhere(client, db):
    client.force_login(UserFactory())
    assert client.get("/").status_code == 302
    assert client.get("/roster/official/").status_code == 302


@pytest.mark.parametrize("model", DOMAIN)
def test_import_and_export_each_take_a_permission_of_their_own(member, rf, model):
    """As django-import-export's pages ask for them."""
    page = type("Page", (ImportMixin, ExportMixin), {"opts": model._meta})()
    asked = rf.get("/")
    answers = {}
    for name in PROMISED:
        asked.user = member(name)
        answers[name] = (
            page.has_import_permission(asked),
            page.has_export_permission(asked),
        )
    assert answers == {
        "Viewer": (False, False),
        "Analyst": (True, True),
        "Reviewer": (False, True),
        "Administrator": (True, True),
    }
    assert settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE == "import"


@pytest.mark.parametrize(
    "address",
    [
        "/auth/user/?password__startswith=a",
        "/roster/changeset/?user__password__startswith=a",
        "/roster/change/?changeset__user__password__startswith=a",
        "/roster/changeset/?user__email__startswith=a",
    ],
)
@pytest.mark.parametrize("name", PROMISED)
def test_a_field_that_is_not_shown_cannot_be_guessed_by_filtering(client, member, name, address):
    client.force_login(member(name))
    assert client.get(address).status_code in {400, 403}


@pytest.mark.django_db
def test_groups_and_their_permissions_are_in_one_changeset_of_the_migration():
    made = Change.objects.filter(table__in=("auth_group", "auth_group_permissions"))
    assert made.count() == len(PROMISED) + sum(map(len, PROMISED.values()))
    (origin,) = set(made.values_list("changeset__kind", "changeset__reason", "changeset"))
    assert origin[:2] == ("migration", "Migrate the database.")


@pytest.mark.django_db
def test_keeping_what_is_promised_writes_nothing_anew():
    before = Change.objects.count()
    with changeset(reason="Again.", kind="command"):
        keep_promises()
    assert Change.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_migrating_sets_right_what_was_given_and_taken_by_hand():
    with changeset(reason="By hand.", kind="command"):
        viewers = Group.objects.get(name="Viewer")
        viewers.permissions.set(Permission.objects.filter(codename="delete_official"))
        Group.objects.get(name="Reviewer").delete()
        Group.objects.create(name="Interns").permissions.set(
            Permission.objects.filter(codename="view_official")
        )
    call_command("migrate", verbosity=0)
    assert {name: held(name) for name in PROMISED} == PROMISED
    assert held("Interns") == {"view_official"}
    assert Changeset.objects.newest_first()[0].kind == "migration"
    assert verify().problems == []


@pytest.mark.django_db(transaction=True)
def test_migrating_from_before_there_were_permissions_to_import_makes_them():
    with changeset(reason="As it was.", kind="command"):
        Permission.objects.filter(codename__regex="^(import|export)_").delete()
        Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert {name: held(name) for name in PROMISED} == PROMISED
    assert verify().problems == []
