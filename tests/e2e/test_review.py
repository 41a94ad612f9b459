"""Review in a browser: a reviewer works the queue by keys, an author is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import expect

from roster.exchange.bundle import import_bundle
from roster.history.changesets import changeset
from roster.history.ledger import verify
from roster.models import Citation, Protection, Review
from tests.e2e.pages import PASSWORD, faults, follow, sign_in, window_for_axe
from tests.exchange.conftest import SEED

POMPEO = "mike-pompeo/protection"


@pytest.fixture
def acts(live_server):
    """Three changesets of an analyst's that await review."""
    import_bundle(SEED, reason="Seed.", kind="seed")
    with changeset(reason="Accounts.", kind="seed"):
        for name, group in (("ann", "Analyst"), ("rex", "Reviewer")):
            user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=group))
        User.objects.create_superuser("root", password=PASSWORD)
    ann, closed = User.objects.get(username="ann"), []
    for write in (
        lambda: Protection.objects.filter(ref=POMPEO).update(level="part_time"),
        lambda: Citation.objects.order_by("id").last().delete(),
        lambda: Protection.objects.filter(ref=POMPEO).update(provider="Guards of old"),
    ):
        with changeset(user=ann, reason="As I read it.") as act:
            write()
        closed.append(act.closed)
    return closed


def press(page, key):
    """Press a key once the page listens to keys."""
    expect(page.get_by_label("Use keys")).to_be_visible()
    page.keyboard.press(key)


def heading(page, act):
    return page.get_by_role("heading", name=f"Review changeset {act}", exact=True)


def test_a_reviewer_works_the_queue_by_keys(page, acts):
    first, second, third = acts
    page.goto("/")
    sign_in(page, "rex")
    follow(page.get_by_role("link", name="3 changesets"))
    expect(page.get_by_role("row", name="As I read it.")).to_have_count(3)

    press(page, "j")
    expect(heading(page, first)).to_be_visible()
    level = page.get_by_role("listitem").filter(has_text="Level").first
    expect(level).to_contain_text("round_the_clock")
    expect(level).to_contain_text("has repeatedly extended")
    press(page, "j")
    expect(heading(page, second)).to_be_visible()
    press(page, "k")
    expect(heading(page, first)).to_be_visible()

    press(page, "a")
    expect(heading(page, second)).to_be_visible()
    expect(page.get_by_text(f"Changeset {first} is approved.")).to_be_visible()
    press(page, "q")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("Was a jackal not quoted?")  # j, k, a and q are letters here
    follow(page.get_by_role("button", name="Query"))
    expect(heading(page, third)).to_be_visible()

    page.get_by_label("Use keys").uncheck()
    press(page, "a")
    page.reload()
    expect(page.get_by_label("Use keys")).not_to_be_checked()
    expect(heading(page, third)).to_be_visible()
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_text("Nothing awaits your review.")).to_be_visible()

    given = list(Review.objects.values_list("changeset", "verdict", "comment"))
    assert given == [
        (first.pk, "approved", ""),
        (second.pk, "queried", "Was a jackal not quoted?"),
        (third.pk, "approved", ""),
    ]
    assert verify().problems == []


def test_the_author_is_refused_even_as_a_superuser_and_told_what_was_asked(page, acts):
    with changeset(reason="More rights.", kind="seed"):
        User.objects.filter(username="ann").update(is_superuser=True)
    act = acts[0]
    page.goto("/")
    sign_in(page, "ann")
    expect(page.get_by_text("No changeset of anybody else’s awaits a review.")).to_be_visible()
    page.goto(reverse("admin:roster_changeset_change", args=(act.pk,)))
    expect(page.get_by_text("It is yours: another person must review it.")).to_be_visible()
    address = reverse("admin:review_changeset", args=(act.pk,))
    page.goto(address)
    expect(page.get_by_text("Nobody reviews a changeset of their own")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    press(page, "a")
    token = next(one for one in page.context.cookies() if one["name"] == "csrftoken")["value"]
    form = {"verdict": "approved", "seen": "0", "csrfmiddlewaretoken": token}
    assert page.request.post(address, form=form).status == 403
    assert not Review.objects.exists()


def test_review_pages_meet_wcag_and_are_no_wider_than_the_window(browser, live_server, acts):
    context = window_for_axe(browser, live_server)
    page = context.new_page()
    page.goto("/")
    sign_in(page, "root")
    pages = ("/", "/review/", f"/review/{acts[0].pk}/", f"/roster/changeset/{acts[0].pk}/change/")
    for address in pages:
        page.goto(address)
        assert not faults(page), address
    context.close()
