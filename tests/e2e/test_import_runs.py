"""A large import in a browser: its progress, cancelling it, and what came of it."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect

from roster.admin.display import page_url, row_url
from roster.admin.imports import confirming
from roster.exchange import import_runs
from roster.exchange.jobs import carry_out_confirmed
from roster.exchange.progress import Progress
from roster.exchange.runs import import_csv
from roster.history.changesets import changeset
from roster.models import ImportRun, Official
from tests.e2e.pages import PASSWORD, faults, follow, send, sign_in, window_for_axe


@pytest.fixture
def go_on(monkeypatch, settings, tmp_path):
    """Lets the import under way go on; until then it has read half of its file."""
    settings.ROSTER_HOME, settings.ROSTER_BACKGROUND_BYTES = tmp_path, 0
    waited_for, threads = threading.Event(), []

    def import_when_told(*arguments, watch, **options):
        watch(Progress("reading", 2_000, 0.5))
        waited_for.wait(30)
        return import_csv(*arguments, watch=watch, **options)

    def carry_out(key):
        try:
            carry_out_confirmed(key, in_turn=False)
        finally:
            connections.close_all()

    def hand_over(run):
        threads.append(threading.Thread(target=carry_out, args=(run.pk,)))
        threads[-1].start()

    monkeypatch.setattr(import_runs, "import_csv", import_when_told)
    monkeypatch.setattr(confirming, "hand_over", hand_over)
    yield waited_for
    waited_for.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def account(live_server):
    with changeset(reason="Prepared.", kind="command"):
        return User.objects.create_superuser("ann", password=PASSWORD)


def import_two(page):
    """Sign in and confirm a file of two rows; the page of its run."""
    page.goto("/roster/official/import/")
    sign_in(page, "ann")
    rows = b"ref,name\nann-lee,Ann Lee\nbo-roe,Bo Roe\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "many.csv", "mimeType": "text/csv", "buffer": rows}
    )
    follow(page.get_by_role("button", name="Preview"))
    page.get_by_label("Why?").fill("The list of the ministry")
    follow(page.get_by_role("button", name="Import 2 rows"))
    return page


def test_progress_is_followed_to_the_end_and_the_import_undone(page, account, go_on):
    import_two(page)
    expect(page.get_by_role("status")).to_have_text("Reading the file")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "0.500")
    expect(page.get_by_text("2,000 rows")).to_be_visible()
    follow(page.get_by_role("link", name="Import runs").first)
    expect(page.get_by_role("cell", name="Running")).to_be_visible()
    page.go_back()
    go_on.set()
    expect(page.get_by_text("“many.csv” is imported")).to_be_visible()
    follow(page.get_by_role("link", name="Undo this import"))
    page.get_by_label("Why?").fill("The wrong list")
    follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("2 rows are deleted")).to_be_visible()
    assert not Official.objects.exists()


def test_an_import_is_cancelled_from_the_keyboard(page, account, go_on):
    import_two(page)
    page.get_by_role("button", name="Cancel").focus()
    send(page)
    expect(page.get_by_role("status")).to_have_text("Stopping")
    expect(page.get_by_role("button", name="Cancel")).to_be_disabled()
    go_on.set()
    expect(page.get_by_text("It was cancelled: nothing was written.")).to_be_visible()
    assert not Official.objects.exists()


def test_without_a_script_the_page_is_right_whenever_it_is_loaded(
    browser, live_server, account, go_on
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = import_two(context.new_page())
    expect(page.get_by_role("status")).to_have_text("Reading the file")
    follow(page.get_by_role("button", name="Cancel"))
    expect(page.get_by_role("status")).to_have_text("Stopping")
    go_on.set()
    while page.get_by_role("status").count():
        page.reload()
    expect(page.get_by_text("It was cancelled: nothing was written.")).to_be_visible()
    context.close()


@pytest.fixture
def addresses(account, settings, tmp_path):
    """The list of runs, and the pages of one that waits, one that was refused and one done."""
    settings.ROSTER_HOME = tmp_path
    listed = [[2, "born", "“2020-13” is not a date."], [3, "", "The row is too short."]]
    given = {"stem": "officials", "reason": "Why.", "begun_at": timezone.now(), "user": account}
    runs = [
        ImportRun.objects.create(file_name=f"{'long-' * 30}.csv", token=state, state=state, **more)
        for state, more in (
            ("waiting", given),
            ("refused", given | {"listed_errors": listed, "message": "2 errors."}),
            ("done", given | {"sha256": "ab" * 32, "message": "New: 2."}),
        )
    ]
    return [page_url(ImportRun, "changelist"), *map(row_url, runs)]


def test_no_page_of_a_run_violates_wcag_or_is_wider_than_its_window(
    browser, live_server, client, account, addresses
):
    client.force_login(account)
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": live_server.url}
    context = window_for_axe(browser, live_server, cookie)
    page = context.new_page()
    for address in addresses:
        page.goto(address)
        assert not faults(page), address
    context.close()
