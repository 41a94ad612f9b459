"""Rows that were changed after their file was exported: shown with three values, and decided."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission

from roster.admin.display import page_url
from roster.history.changesets import changeset
from roster.models import Change, Changeset, Official, Protection, Role
from tests.admin.exchanging import confirm, imports, upload, user_who_may
from tests.admin.pages import text_of
from tests.factories import OfficialFactory, ProtectionFactory, RoleFactory, SuperuserFactory


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def ann(db):
    with changeset(reason="Prepared.", kind="command"):
        return OfficialFactory(ref="ann", name="Ann", honorific="Mrs")


def version_of(row):
    return Change.objects.of_row(row).last().pk


@pytest.fixture
def preview(signed_in, ann, meanwhile):
    """A file that says Dr of ann, of whom bob has said Judge since it was exported."""
    version = version_of(ann)
    meanwhile(ann, honorific="Judge")
    return upload(signed_in, f"ref,name,honorific,_version\nann,Ann,Dr,{version}\n")


def decide(client, page, button="each", *, model=Official, **choices):
    """Send the conflicts of a page with these choices, by `choice_LINE`."""
    versions = re.findall(r'name="(version-\d+)" value="(\d+)"', page.content.decode())
    sent = dict(versions) | {name.replace("_", "-"): choice for name, choice in choices.items()}
    sent |= {"upload": page.context["upload"].token, "decide": button}
    return client.post(page_url(model, "process_import"), sent, follow=True)


def honorifics():
    return dict(Official.objects.values_list("ref", "honorific"))


def values(page):
    """Column, as exported, here and in the file, of the conflicts on a page."""
    return [
        (value.column, value.exported, value.here.text, value.file.text)
        for conflict in page.context["conflicts"]
        for value in conflict.values
    ]


def test_conflict_shows_what_was_exported_what_is_here_and_what_the_file_says(preview, bob):
    assert values(preview) == [("honorific", "Mrs", "Judge", "Dr")]
    text = text_of(preview)
    entry = Changeset.objects.get(user=bob)
    assert "Line 2: ann" in text
    assert "Last changed by bob" in text
    assert f'in <a href="{page_url(Changeset, "change", entry.pk)}">changeset {entry}</a>' in text
    assert "“A newer notice”" in text
    assert 'name="confirm"' not in text
    assert "1 row of the file is still to be decided" in text


def test_row_that_the_file_left_alone_is_said_to_be_so(signed_in, ann, meanwhile):
    version = version_of(ann)
    meanwhile(ann, honorific="Judge")
    page = upload(signed_in, f"ref,name,honorific,_version\nann,Ann,Mrs,{version}\n")
    assert "The file leaves it as it was exported" in text_of(page)


@pytest.mark.parametrize(
    ("choice", "honorific", "list_of_it"),
    [("keep", "Judge", "unchanged"), ("take", "Dr", "changed")],
)
def test_decided_conflict_is_done_as_was_chosen(signed_in, preview, choice, honorific, list_of_it):
    decided = decide(signed_in, preview, choice_2=choice)
    counts = {one.listing: one.count for one in decided.context["lists"]}
    assert (counts["conflict"], counts[list_of_it]) == (1, 1)
    assert "All are decided." in text_of(decided)
    assert f'value="{choice}" checked' in text_of(decided)
    confirm(signed_in, decided)
    assert honorifics() == {"ann": honorific}
    assert imports().exists() == (choice == "take")


def test_decision_can_be_changed_before_the_confirmation(signed_in, preview):
    kept = decide(signed_in, preview, choice_2="keep")
    taken = decide(signed_in, kept, choice_2="take")
    confirm(signed_in, taken)
    assert honorifics() == {"ann": "Dr"}


def test_preview_from_before_a_decision_cannot_be_confirmed(signed_in, preview):
    taken = decide(signed_in, preview, choice_2="take")
    decide(signed_in, taken, choice_2="keep")
    assert "after the preview" in text_of(confirm(signed_in, taken))
    assert honorifics() == {"ann": "Judge"}


def test_row_without_a_choice_stays_open(signed_in, preview):
    page = decide(signed_in, preview)
    assert page.context["report"].conflicts == 1
    assert 'name="confirm"' not in text_of(page)


@pytest.mark.parametrize(("button", "honorific"), [("keep", "Judge"), ("take", "Dr")])
def test_all_on_the_page_are_decided_by_one_button(signed_in, preview, button, honorific):
    confirm(signed_in, decide(signed_in, preview, button))
    assert honorifics() == {"ann": honorific}


def test_decision_counts_only_for_the_row_as_it_was_then(signed_in, ann, preview, meanwhile):
    decided = decide(signed_in, preview, choice_2="take")
    meanwhile(ann, honorific="Senator")
    refused = confirm(signed_in, decided)
    assert honorifics() == {"ann": "Senator"}
    assert values(refused) == [("honorific", "Mrs", "Senator", "Dr")]
    assert "1 row of the file is still to be decided" in text_of(refused)
    confirm(signed_in, decide(signed_in, refused, choice_2="take"))
    assert honorifics() == {"ann": "Dr"}


@pytest.mark.parametrize(("choice", "expected"), [("keep", {}), ("take", {"ann": "Dr"})])
def test_deleted_row_is_kept_deleted_or_added_anew(signed_in, ann, bob, choice, expected):
    version = version_of(ann)
    with changeset(user=bob, reason="Was a double.", kind="edit"):
        Official.objects.all().delete()
    page = upload(signed_in, f"ref,name,honorific,_version\nann,Ann,Dr,{version}\n")
    text = text_of(page)
    assert "Deleted by bob" in text
    assert "Add it anew" in text
    assert ("honorific", "Mrs", "", "Dr") in values(page)
    decided = decide(signed_in, page, choice_2=choice)
    confirm(signed_in, decided)
    assert honorifics() == expected


def test_other_rows_are_named_by_their_refs(signed_in, db, meanwhile):
    with changeset(reason="Prepared.", kind="command"):
        ann, bea, cid = (OfficialFactory(ref=ref) for ref in ("ann", "bea", "cid"))
        role = RoleFactory(ref="ann/judge", official=ann, title="Judge")
    version = version_of(role)
    meanwhile(role, official=bea)
    page = upload(
        signed_in, f"ref,official,title,_version\nann/judge,cid,Judge,{version}\n", model=Role
    )
    assert values(page) == [("official", "ann", "bea", "cid")]
    confirm(signed_in, decide(signed_in, page, "take", model=Role), model=Role)
    assert Role.objects.get().official == cid


def test_row_that_the_exported_one_named_may_be_gone(signed_in, db, meanwhile):
    with changeset(reason="Prepared.", kind="command"):
        ann, bea, _cid = (OfficialFactory(ref=ref) for ref in ("ann", "bea", "cid"))
        role = RoleFactory(ref="ann/judge", official=ann, title="Judge")
    version = version_of(role)
    meanwhile(role, official=bea)
    ann.delete()
    page = upload(
        signed_in, f"ref,official,title,_version\nann/judge,cid,Judge,{version}\n", model=Role
    )
    assert values(page) == [("official", "?", "bea", "cid")]


@pytest.mark.parametrize("version", ["x", "0", "-1", "9" * 30, "1.5", "²"])
def test_version_that_there_never_was_tells_nothing_of_what_was_exported(signed_in, ann, version):
    page = upload(signed_in, f"ref,honorific,_version\nann,Dr,{version}\n")
    assert values(page) == [("honorific", None, "Mrs", "Dr")]
    assert "not known" in text_of(page)


def test_version_of_another_row_tells_nothing_of_that_row(signed_in, ann):
    with changeset(reason="Prepared.", kind="command"):
        other = OfficialFactory(ref="other", honorific="Secret")
        protection = ProtectionFactory(reason="Secret")
        other.delete()
    for version in Change.objects.exclude(key=ann.pk).values_list("pk", flat=True):
        rows = f"ann,Dr,{version}\nnever,Dr,{version}\n"
        page = upload(signed_in, f"ref,honorific,_version\n{rows}")
        assert {exported for _, exported, *_ in values(page)} == {None}
        assert "Secret" not in text_of(page)
    assert Protection.objects.get() == protection


def test_row_that_was_never_recorded_is_in_conflict_with_nobody_named(signed_in, ann):
    page = upload(signed_in, "ref,name,honorific,_version\nnobody,Nobody,Dr,1\n")
    assert "It is not here any more." in text_of(page)


@pytest.mark.parametrize(
    "sent",
    [
        {"version-2": "1; DROP", "choice-2": "take"},
        {"version-x": "1", "choice-x": "take"},
        {"version-2": "1", "choice-2": "both"},
        {"choice-2": "take"},
        {"version-" + "9" * 30: "1", "decide": "take"},
    ],
)
def test_what_no_page_would_send_decides_nothing(signed_in, preview, sent):
    sent = {"upload": preview.context["upload"].token, "decide": "each"} | sent
    page = signed_in.post(page_url(Official, "process_import"), sent, follow=True)
    assert page.status_code == 200
    assert page.context["report"].conflicts == 1


def test_another_user_cannot_decide(client, preview):
    client.force_login(SuperuserFactory(username="eve"))
    assert decide(client, preview, "take").status_code == 403


def test_who_may_not_view_the_ledger_sees_the_changeset_without_a_link(client, ann, meanwhile):
    user = user_who_may("import")
    client.force_login(user)
    version = version_of(ann)
    meanwhile(ann, honorific="Judge")
    page = upload(client, f"ref,honorific,_version\nann,Dr,{version}\n")
    entry = Changeset.objects.latest("position")
    assert f"in changeset {entry}: “A newer notice”" in text_of(page)
    user.user_permissions.add(Permission.objects.get(codename="view_changeset"))
    again = client.get(page.wsgi_request.get_full_path())
    assert f'href="{page_url(Changeset, "change", entry.pk)}"' in text_of(again)


def test_hostile_values_of_a_conflict_are_shown_as_text(signed_in, ann, meanwhile):
    version = version_of(ann)
    meanwhile(ann, honorific="<b>here</b>")
    page = upload(signed_in, f"ref,honorific,_version\nann,<script>file</script>,{version}\n")
    text = text_of(page)
    assert "<b>here</b>" not in text
    assert "<script>file" not in text
    assert "&lt;" in text


def test_choices_of_conflicts_stay_on_their_page(signed_in, preview):
    sent = {"upload": preview.context["upload"].token, "decide": "each", "p": "1"}
    answer = signed_in.post(page_url(Official, "process_import"), sent)
    assert answer.url.endswith("&show=conflict")
    answer = signed_in.post(page_url(Official, "process_import"), sent | {"p": "3"})
    assert answer.url.endswith("&show=conflict&p=3")
