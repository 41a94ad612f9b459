"""Taking back in a browser: what was built on is refused and left, what is deleted comes back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import expect

from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Citation, Official
from tests.e2e.pages import PASSWORD, faults, follow, sign_in, window_for_axe
from tests.factories import CitationFactory, OfficialFactory


@pytest.fixture
def imported(live_server):
    """The changeset of an import that moved three officials; one of them was edited later."""
    with changeset(reason="Accounts.", kind="seed"):
        for name, group in (("ann", "Analyst"), ("vic", "Viewer")):
            user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=group))
        User.objects.create_superuser("root", password=PASSWORD)
    with changeset(reason="First known.", kind="seed"):
        for ref in ("ann-lee", "bo-roe", "cy-poe"):
            OfficialFactory(ref=ref, name=ref.replace("-", " ").title(), country="GB")
    ann = User.objects.get(username="ann")
    with changeset(user=ann, reason="The list of 2024.", kind="import") as act:
        Official.objects.update(country="CA")
    with changeset(user=ann, reason="As the gazette has it.") as later:
        Official.objects.filter(ref="bo-roe").update(country="US")
    return act.closed, later.closed


def changeset_page(act):
    return reverse("admin:roster_changeset_change", args=(act.pk,))


def row(page, ref):
    return page.get_by_role("group", name=f"official:{ref}")


def countries():
    return dict(Official.objects.values_list("ref", "country"))


def test_undo_of_an_import_leaves_a_row_that_was_edited_since(page, imported):
    act, later = imported
    page.goto("/")
    sign_in(page, "ann")
    page.goto(changeset_page(act))
    follow(page.get_by_role("link", name="Undo", exact=True))
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    refusal = page.get_by_role("listitem").filter(has_text="was changed later")
    expect(refusal).to_contain_text(f"official:bo-roe: country was changed later by {named(later)}")
    expect(refusal.get_by_role("link", name=f"Changeset {later}")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)

    row(page, "bo-roe").get_by_role("checkbox").uncheck()
    follow(page.get_by_role("button", name="Preview the ticked changes"))
    expect(row(page, "bo-roe")).to_contain_text("Left as it is.")
    expect(row(page, "ann-lee")).to_contain_text("country: CA → GB")
    page.get_by_label("Why?").fill("The list was of 2014.")
    follow(page.get_by_role("button", name="Undo", exact=True))

    expect(page.get_by_text(f"Of what changeset {act} wrote, 2 rows are as before")).to_be_visible()
    assert countries() == {"ann-lee": "GB", "bo-roe": "US", "cy-poe": "GB"}
    follow(page.get_by_role("link", name=f"changeset {act}", exact=True))
    expect(page.get_by_text("Undone, in whole or in part, by changeset")).to_be_visible()
    assert verify().problems == []


def test_a_record_is_restored_and_a_deleted_one_found_and_brought_back(page, imported):
    with changeset(reason="Cite."):
        CitationFactory(official=Official.objects.get(ref="cy-poe"))
    with changeset(reason="Entered twice."):
        Citation.objects.all().delete()
        Official.objects.filter(ref="cy-poe").delete()
    page.goto("/")
    sign_in(page, "ann")
    follow(page.get_by_role("link", name="deleted records"))
    page.get_by_label("Ref or name").fill("cy")
    follow(page.get_by_role("button", name="Show"))
    latest = page.get_by_role("row", name="official:cy-poe").first
    follow(latest.get_by_role("link", name="Bring it back"))
    expect(page.get_by_role("rowheader")).to_contain_text(["official:cy-poe", "citation:"])
    page.get_by_label("Why?").fill("It was not entered twice.")
    follow(page.get_by_role("button", name="Bring it back"))
    expect(page.get_by_text("Official:cy-poe is there again, and so is 1 row")).to_be_visible()

    follow(page.get_by_role("link", name="History"))
    first = page.get_by_role("row", name="First known.")
    follow(first.get_by_role("link", name="Restore the record"))
    page.get_by_label("Why?").fill("The list was of 2014.")
    follow(page.get_by_role("button", name="Restore the record"))
    expect(page.get_by_text("Official:cy-poe is as it was after changeset")).to_be_visible()
    assert countries() == {"ann-lee": "CA", "bo-roe": "US", "cy-poe": "GB"}
    assert verify().problems == []


def test_pages_that_take_back_meet_wcag_and_are_no_wider_than_the_window(
    browser, live_server, imported
):
    act, later = imported
    kept, gone = Official.objects.get(ref="ann-lee"), Official.objects.get(ref="cy-poe").pk
    with changeset(reason="Entered twice."):
        Official.objects.filter(pk=gone).delete()
    context = window_for_axe(browser, live_server)
    page = context.new_page()
    page.goto("/")
    sign_in(page, "root")
    undo = reverse("admin:roster_changeset_undo", args=(act.pk,))
    pages = (
        changeset_page(act),
        undo,
        reverse("admin:roster_changeset_undo", args=(later.pk,)),
        f"/roster/official/{kept.pk}/history/",
        reverse("admin:restore_record", args=("official", kept.pk, act.position - 1)),
        reverse("admin:restore_deleted", args=("official", gone)),
        reverse("admin:deleted"),
    )
    for address in pages:
        page.goto(address)
        assert not faults(page), address
    context.close()


def named(act):
    return f"changeset {act.position} (ann)"
