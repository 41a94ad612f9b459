"""The pages of import runs: who sees which, how far one is, what came of it, and the ways on."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from roster.admin.display import page_url, row_url
from roster.admin.imports import confirming, run_pages
from roster.exchange import presence
from roster.exchange.attempts import uploads
from roster.exchange.jobs import carry_out_confirmed
from roster.history.changesets import changeset
from roster.models import Change, Changeset, ImportRun, Official
from tests.admin.exchanging import confirm, imports, upload, user_who_may, waiting_files
from tests.admin.pages import form_on, text_of, with_bare_cells
from tests.factories import OfficialFactory, UserFactory

TWO = "ref,name\nann,Ann\nbob,Bob\n"
LIST = page_url(ImportRun, "changelist")


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def large(settings):
    """Every file is large enough to be imported in the background."""
    settings.ROSTER_BACKGROUND_BYTES = 0


@pytest.fixture
def handed_over(monkeypatch, large):
    """The runs that were handed over, which nobody carries out by itself."""
    found = []
    monkeypatch.setattr(confirming, "hand_over", found.append)
    return found


@pytest.fixture
def people(db):
    with changeset(reason="Accounts.", kind="seed"):
        found = {}
        for group in Group.objects.all():
            found[group.name] = UserFactory(username=group.name.lower(), is_staff=True)
            found[group.name].groups.add(group)
    return found


def a_run(user=None, **values):
    given = {"stem": "officials", "file_name": "o.csv", "reason": "Why.", "state": "done"}
    number = ImportRun.objects.count()
    return ImportRun.objects.create(
        **given | {"user": user, "token": f"token-{number}", "begun_at": timezone.now()} | values
    )


def carried_out(client, text, **options):
    """The page of the run by which a file was imported."""
    return confirm(client, upload(client, text), **options)


def shown(client):
    return [run.pk for run in client.get(LIST).context["cl"].result_list]


def progress(run):
    return reverse("admin:roster_importrun_progress", args=(run.pk,))


def cancel_url(run):
    return reverse("admin:roster_importrun_cancel", args=(run.pk,))


def test_a_large_file_is_handed_over_and_its_page_says_that_it_waits(signed_in, handed_over):
    response = carried_out(signed_in, TWO)
    (run,) = handed_over
    assert response.redirect_chain == [(row_url(run), 302)]
    page = text_of(response)
    assert "<strong>“officials.csv” is being imported.</strong>" in page
    assert "Waiting for its turn" in page
    assert not Official.objects.exists()
    assert len(waiting_files()) == 1


def test_what_was_handed_over_says_later_what_came_of_it(signed_in, handed_over):
    carried_out(signed_in, TWO)
    carry_out_confirmed(handed_over[0].pk, in_turn=False)
    page = text_of(signed_in.get(row_url(handed_over[0])))
    assert "<strong>“officials.csv” is imported</strong>, in changeset" in page
    assert "The ledger holds 2 changes of it." in page
    assert "There are now 2 rows of officials." in page
    assert not waiting_files()


def test_a_small_file_is_imported_at_once(signed_in, settings):
    settings.ROSTER_BACKGROUND_BYTES = len(TWO)
    assert "is imported</strong>" in text_of(carried_out(signed_in, TWO))


def test_a_second_click_leads_to_the_run_that_waits(signed_in, handed_over):
    preview = upload(signed_in, TWO)
    confirm(signed_in, preview)
    response = confirm(signed_in, preview)
    assert "is being imported at this moment, and is not imported a second" in text_of(response)
    assert len(handed_over) == ImportRun.objects.count() == 1
    again = signed_in.get(preview.wsgi_request.get_full_path())
    assert again.url == row_url(handed_over[0])


def test_what_changed_before_its_turn_came_is_refused_and_shown_again(signed_in, handed_over):
    with changeset(reason="Prepared.", kind="command"):
        OfficialFactory(ref="ann", name="Ann", honorific="Mrs")
    carried_out(signed_in, "ref,honorific\nann,Dr\n")
    Official.objects.update(honorific="Judge")
    carry_out_confirmed(handed_over[0].pk, in_turn=False)
    page = signed_in.get(row_url(handed_over[0]))
    assert "were changed by someone after the preview: nothing was written" in text_of(page)
    preview = signed_in.get(page.context["again_url"])
    assert "<del>Judge</del> → <ins>Dr</ins>" in text_of(preview)
    confirm(signed_in, preview)
    carry_out_confirmed(handed_over[1].pk, in_turn=False)
    assert Official.objects.get().honorific == "Dr"


def test_errors_are_listed_in_pages(signed_in, monkeypatch):
    monkeypatch.setattr(run_pages, "ERRORS_A_PAGE", 1)
    errors = [[2, "born", "Not a <b>day</b>."], [None, "", "Of the file."]]
    run = a_run(state="refused", listed_errors=errors, errors=2, message="2 errors.")
    first = with_bare_cells(signed_in.get(row_url(run)))
    assert "<td>2</td><td>born</td><td>Not a &lt;b&gt;day&lt;/b&gt;.</td>" in first
    second = with_bare_cells(signed_in.get(row_url(run), {"p": 2}))
    assert "<td>—</td><td>—</td><td>Of the file.</td>" in second


def test_progress_shows_stage_rows_pace_and_a_bar(signed_in):
    now = timezone.now()
    run = a_run(
        state="running",
        stage="reading",
        rows_done=40_000,
        fraction=0.8,
        stage_began_at=now - timezone.timedelta(seconds=4),
        heartbeat_at=now,
    )
    with presence.held(uploads().lock(run.token)):
        for address in (row_url(run), progress(run)):
            page = text_of(signed_in.get(address))
            assert "Reading the file" in page
            assert "40,000 rows, 10,000 a second, about 1 second left" in page
            assert '<progress id="run-bar" max="1" value="0.800"' in page


def test_the_bar_of_what_is_checked_has_no_end_and_a_cancelled_run_is_stopping(signed_in, analyst):
    run = a_run(analyst, state="running", stage="checking", rows_done=5, fraction=1.0)
    with presence.held(uploads().lock(run.token)):
        page = text_of(signed_in.get(row_url(run)))
        assert '<progress id="run-bar" max="1" aria-label' in page
        assert 'value="Cancel">' in page
        stopping = text_of(signed_in.post(cancel_url(run), follow=True))
    assert "Stopping" in stopping
    assert 'value="Cancel" disabled' in stopping


def test_what_has_ended_is_not_cancelled(signed_in, analyst):
    response = signed_in.post(cancel_url(a_run(analyst)), follow=True)
    assert run_pages.TOO_LATE in text_of(response)
    assert ImportRun.objects.get().state == "done"


def test_the_page_comes_anew_without_a_script_until_it_is_told_to_stand_still(signed_in):
    run = a_run(state="waiting")
    anew = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    assert anew in text_of(signed_in.get(row_url(run)))
    assert anew not in text_of(signed_in.get(row_url(run), {"still": ""}))
    assert anew not in text_of(signed_in.get(row_url(a_run())))


def test_the_part_that_is_asked_for_says_when_it_has_ended(signed_in):
    assert 'data-ended="done"' in text_of(signed_in.get(progress(a_run())))
    assert "data-ended" not in text_of(signed_in.get(progress(a_run(state="waiting"))))


def test_cancel_stops_a_run_and_removes_its_file(signed_in, handed_over):
    page = carried_out(signed_in, TWO)
    held = form_on(page)
    response = signed_in.post(cancel_url(handed_over[0]), held, follow=True)
    assert "It was cancelled: nothing was written." in text_of(response)
    carry_out_confirmed(handed_over[0].pk, in_turn=False)
    assert (ImportRun.objects.get().state, waiting_files()) == ("cancelled", [])
    assert not Official.objects.exists()


def test_cancel_asks_for_a_post(signed_in):
    run = a_run(state="waiting")
    assert signed_in.get(cancel_url(run)).url == row_url(run)
    assert ImportRun.objects.get().state == "waiting"


def test_a_lost_run_is_found_by_whoever_looks(signed_in, analyst):
    for look in (LIST, None):
        run = a_run(analyst, state="running", stage="reading")
        page = text_of(signed_in.get(look or row_url(run)))
        run.refresh_from_db()
        assert run.state == "lost"
        assert "Lost" in page
    assert "ended before it was done: nothing was written." in page


def test_a_lost_import_can_be_confirmed_again(signed_in, handed_over):
    carried_out(signed_in, TWO)
    ImportRun.objects.update(state="running")
    page = signed_in.get(row_url(handed_over[0]))
    preview = signed_in.get(page.context["again_url"])
    confirm(signed_in, preview)
    carry_out_confirmed(handed_over[1].pk, in_turn=False)
    assert Official.objects.count() == 2
    assert signed_in.get(row_url(handed_over[0])).context["again_url"] == ""


def test_undo_takes_back_what_nobody_edited_since_and_names_what_is_kept(signed_in, bob):
    run_page = carried_out(signed_in, TWO)
    with changeset(user=bob, reason="A newer notice") as later:
        Official.objects.filter(ref="bob").update(honorific="Dr")
    address = run_page.context["undo_url"]
    preview = signed_in.get(address)
    page = text_of(preview)
    assert [row.label for row in preview.context["rows"]] == ["official:ann"]
    assert "Kept as they are, because of later changes" in page
    assert f"changeset {later.position} (bob): undo that first." in page
    assert f">Changeset #{later.position}, {timezone.now():%Y-%m-%d}" in page
    sent = form_on(preview) | {"change_reason": "Wrong file.", "confirm": "Undo"}
    response = signed_in.post(address, sent, follow=True)
    assert "1 row is deleted; 1 row is kept as later acts left them." in text_of(response)
    assert list(Official.objects.values_list("ref", flat=True)) == ["bob"]


def test_an_undo_that_is_refused_offers_to_keep_what_is_in_the_way(signed_in):
    carried_out(signed_in, TWO)
    Official.objects.filter(ref="bob").update(honorific="Dr")
    address = reverse("admin:roster_changeset_undo", args=(imports().get().pk,))
    page = signed_in.get(address)
    assert 'href="?keep_later=1"' in text_of(page)
    assert page.context["kept"] == []


def test_an_analyst_sees_their_own_runs_and_no_others(client, people):
    own = a_run(people["Analyst"])
    other = a_run(people["Administrator"])
    client.force_login(people["Analyst"])
    assert shown(client) == [own.pk]
    assert client.get(row_url(own)).status_code == 200
    for address in (row_url(other), progress(other), cancel_url(other)):
        assert client.get(address).status_code == 403
    assert client.post(cancel_url(other)).status_code == 403


@pytest.mark.parametrize("group", ["Reviewer", "Administrator"])
def test_reviewers_and_administrators_see_all_runs(client, people, group):
    runs = [a_run(people["Analyst"]), a_run(None), a_run(people["Administrator"], stem="bundle")]
    client.force_login(people[group])
    assert shown(client) == [run.pk for run in reversed(runs)]
    assert client.get(row_url(runs[0])).status_code == 200


def test_a_viewer_sees_none(client, people):
    run = a_run(people["Analyst"])
    client.force_login(people["Viewer"])
    assert LIST not in text_of(client.get(reverse("admin:index")))
    for address in (LIST, row_url(run), progress(run)):
        assert client.get(address).status_code == 403


def test_who_may_no_longer_import_sees_none_of_that_model(client, db):
    user = user_who_may("import")
    own, roles = a_run(user), a_run(user, stem="roles")
    client.force_login(user)
    assert shown(client) == [own.pk]
    assert client.get(row_url(roles)).status_code == 403


def test_who_may_not_view_changesets_is_led_to_none(client, db):
    client.force_login(user_who_may("import"))
    page = carried_out(client, TWO)
    entry = imports().get()
    for shown_page in (page, client.get(LIST)):
        assert page_url(Changeset, "change", entry.pk) not in text_of(shown_page)
    assert page.context["undo_url"] == ""


@pytest.mark.parametrize(("group", "status"), [("Reviewer", 403), ("Administrator", 302)])
def test_the_run_of_another_is_cancelled_by_who_may_import_alone(client, people, group, status):
    run = a_run(people["Analyst"], state="waiting")
    client.force_login(people[group])
    assert client.post(cancel_url(run)).status_code == status
    run.refresh_from_db()
    assert run.state == ("cancelled" if status == 302 else "waiting")


def test_the_index_leads_analysts_to_the_list(client, people):
    client.force_login(people["Analyst"])
    assert LIST in text_of(client.get(reverse("admin:index")))


def test_the_list_is_narrowed_by_state_model_and_user(signed_in, analyst, bob):
    first = a_run(analyst)
    second = a_run(bob, state="refused", stem="roles")
    for asked, expected in (
        ({"state__exact": "refused"}, [second.pk]),
        ({"stem": "officials"}, [first.pk]),
        ({"user__id__exact": bob.pk}, [second.pk]),
        ({}, [second.pk, first.pk]),
    ):
        found = signed_in.get(LIST, asked).context["cl"].result_list
        assert [run.pk for run in found] == expected


def test_nobody_writes_a_run_by_a_form(signed_in):
    run = a_run()
    assert signed_in.get(page_url(ImportRun, "add")).status_code == 403
    assert signed_in.post(page_url(ImportRun, "delete", run.pk), {"post": "yes"}).status_code == 403
    assert signed_in.post(row_url(run), {"state": "lost"}).status_code == 200
    assert ImportRun.objects.get().state == "done"


@pytest.mark.parametrize("key", ["987654", "x", "²"])
def test_an_unknown_run_is_not_found(signed_in, key):
    assert signed_in.get(f"{LIST}{key}/change/").status_code == 404


def test_a_run_of_the_command_line_and_of_a_roster_has_a_page(signed_in):
    run = a_run(None, stem="bundle", file_name="<b>roster</b>.zip", state="refused", message="No.")
    page = text_of(signed_in.get(row_url(run)))
    assert "“&lt;b&gt;roster&lt;/b&gt;.zip” of bundle" in page
    assert "no user" in page
    assert "Import another file" not in page


def test_runs_are_no_evidence_and_leave_no_change(signed_in):
    carried_out(signed_in, TWO)
    assert not Change.objects.filter(table="roster_importrun").exists()


@pytest.mark.parametrize("page", ["list", "run"])
def test_pages_cost_the_same_queries_however_many_rows(signed_in, analyst, page):
    counts = []
    for size in (1, 20):
        while ImportRun.objects.count() < size:
            listed = [[2, "born", "Not a day."]] * size
            run = a_run(analyst, state="refused", listed_errors=listed)
        address = LIST if page == "list" else row_url(run)
        signed_in.get(address)
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14
