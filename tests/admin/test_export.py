"""Export from a list: the very file of `export_csv`, of the rows asked for, by who may."""

from __future__ import annotations

import io

import pytest
import time_machine
from django.contrib.auth.models import Permission
from openpyxl import load_workbook

from roster.admin.display import page_url
from roster.exchange.exports import cell_batches, export_csv
from roster.exchange.sheets import BATCH
from roster.history.changesets import changeset
from roster.models import DOMAIN, Change, Official, Paragraph, Protection, Source
from tests.admin.exchanging import upload, user_who_may
from tests.admin.pages import FACTORIES, text_of
from tests.factories import OfficialFactory, ParagraphFactory, ProtectionFactory


def written(stem, **options):
    out = io.StringIO(newline="")
    export_csv(stem, out, **options)
    return out.getvalue()


def exported(client, model, query="", **values):
    response = client.post(f"{page_url(model, 'export')}{query}", values)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def refs(text):
    return [line.partition(",")[0] for line in text.splitlines()[1:]]


def select(client, model, rows, **values):
    sent = {"action": "export_selected", "_selected_action": [row.pk for row in rows]} | values
    return client.post(page_url(model, "changelist"), sent)


@pytest.mark.parametrize("model", DOMAIN)
def test_export_of_a_list_is_the_file_of_the_command(signed_in, model):
    FACTORIES[model.record_kind].create_batch(3)
    text = exported(signed_in, model)
    assert text == written(model.file_stem)
    assert len(text.splitlines()) == 4


def test_a_list_longer_than_one_batch_is_whole(signed_in):
    Official.objects.bulk_create(
        Official(ref=f"o-{n}", name=f"O {n}") for n in range(2 * BATCH + 1)
    )
    assert exported(signed_in, Official) == written("officials")


def test_versions_are_added_when_asked_for(signed_in):
    official = OfficialFactory(ref="a", name="Ann")
    version = Change.objects.of_row(official).last().pk
    text = exported(signed_in, Official, versions="on")
    header, row = text.splitlines()
    assert header.endswith(",_version")
    assert row.endswith(f",{version}")
    assert text == written("officials", versions=True)


def test_states_of_evidence_are_added_last_when_asked_for(signed_in):
    OfficialFactory(ref="a", name="Ann")
    text = exported(signed_in, Official, versions="on", states="on")
    header, row = text.splitlines()
    assert header.endswith(",_version,_state")
    assert row.endswith(",name=unsourced")
    assert text == written("officials", versions=True, states=True)


@pytest.mark.parametrize("model", [Source, Paragraph])
def test_what_has_no_state_is_exported_without(signed_in, model):
    FACTORIES[model.record_kind]()
    assert "_state" not in text_of(signed_in.get(page_url(model, "export")))
    assert exported(signed_in, model, states="on") == written(model.file_stem)


def test_states_are_for_those_who_may_view_citations(client, db):
    OfficialFactory(ref="a", name="Ann")
    user = user_who_may("view", "export")
    client.force_login(user)
    assert "_state" not in text_of(client.get(page_url(Official, "export")))
    assert exported(client, Official, states="on") == written("officials")
    user.user_permissions.add(Permission.objects.get(codename="view_citation"))
    assert "_state" in text_of(client.get(page_url(Official, "export")))


@time_machine.travel("2024-07-18 12:00 +0000", tick=False)
def test_the_file_is_named_by_model_and_day_and_is_never_a_page(client, db):
    client.force_login(user_who_may("export"))
    response = client.post(page_url(Official, "export"))
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="officials-2024-07-18.csv"'
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.streaming
    response.close()


@time_machine.travel("2024-07-18 12:00 +0000", tick=False)
@pytest.mark.parametrize("model", DOMAIN)
def test_a_workbook_has_the_cells_of_the_csv(signed_in, model):
    FACTORIES[model.record_kind].create_batch(3)
    options = {"kind": "xlsx", "versions": "on"}
    response = signed_in.post(page_url(model, "export"), options)
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cells = [[value or "" for value in row] for row in book.active.iter_rows(values_only=True)]
    assert cells == [
        row for batch in cell_batches(model.file_stem, versions=True) for row in map(list, batch)
    ]
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{model.file_stem}-2024-07-18.xlsx"'
    )
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_kind_of_file_can_be_chosen_by_name(signed_in):
    page = text_of(signed_in.get(page_url(Official, "export")))
    assert '<input type="radio" name="kind" value="csv" id="id_kind_0" checked>' in page
    assert '<label for="id_kind_1">Excel (.xlsx), every cell a text</label>' in page


def test_rows_that_a_workbook_cannot_take_are_refused_on_the_page(signed_in):
    ParagraphFactory(text="x" * 40_000)
    page = text_of(signed_in.post(page_url(Paragraph, "export"), {"kind": "xlsx"}))
    assert "Row 2 has a text of 40,000 characters" in page


def test_a_kind_of_file_that_is_not_offered_is_refused(signed_in):
    page = text_of(signed_in.post(page_url(Official, "export"), {"kind": "ods"}))
    assert "ods is not one of the available choices" in page


def test_filtered_list_exports_its_rows_or_all(signed_in):
    for ref, level in (("a", "event"), ("b", "unknown"), ("c", "event")):
        ProtectionFactory(ref=ref, level=level)
    query = "?level__exact=event&o=-1&p=1"
    asked = text_of(signed_in.get(f"{page_url(Protection, 'export')}{query}"))
    assert "as filtered and searched: 2" in asked
    assert "All protections: 3" in asked
    assert refs(exported(signed_in, Protection, query)) == ["a", "c"]
    assert refs(exported(signed_in, Protection, query, rows="chosen")) == ["a", "c"]
    assert refs(exported(signed_in, Protection, query, rows="every")) == ["a", "b", "c"]


def test_searched_list_exports_what_was_found(signed_in):
    OfficialFactory(ref="zola", name="Émile Zola")
    OfficialFactory(ref="other", name="Somebody Else")
    assert refs(exported(signed_in, Official, "?q=emile")) == ["zola"]


def test_list_that_is_not_filtered_asks_for_no_rows(signed_in):
    OfficialFactory.create_batch(2)
    assert "all 2 rows" in text_of(signed_in.get(page_url(Official, "export")))


def test_selected_rows_are_exported(signed_in):
    first, _second, third = (OfficialFactory(ref=ref) for ref in "abc")
    response = select(signed_in, Official, [third, first])
    assert "Those selected in the list: 2" in text_of(signed_in.get(response.url))
    query = response.url.removeprefix(page_url(Official, "export"))
    assert refs(exported(signed_in, Official, query)) == ["a", "c"]


def test_selecting_all_of_a_filtered_list_exports_that_list(signed_in):
    rows = [
        ProtectionFactory(ref=ref, level=level)
        for ref, level in zip("abc", ["event"] * 2 + ["unknown"], strict=True)
    ]
    url = f"{page_url(Protection, 'changelist')}?level__exact=event"
    sent = {"action": "export_selected", "_selected_action": [rows[0].pk], "select_across": "1"}
    response = signed_in.post(url, sent)
    query = response.url.removeprefix(page_url(Protection, "export"))
    assert refs(exported(signed_in, Protection, query)) == ["a", "b"]


@pytest.mark.parametrize(
    "query", ["?selected=", "?selected=1;2", "?level__exact__no=1", "?nothing=1"]
)
def test_an_address_that_names_no_rows_leads_back_to_the_list(signed_in, query):
    response = signed_in.get(f"{page_url(Protection, 'export')}{query}")
    assert response.status_code == 302
    assert response.url == f"{page_url(Protection, 'changelist')}?e=1"


@pytest.mark.parametrize("method", ["get", "post"])
def test_export_without_its_permission_is_refused(client, db, method):
    client.force_login(user_who_may("view", "change", "import"))
    assert getattr(client, method)(page_url(Official, "export")).status_code == 403


def test_button_and_action_show_with_the_permission_alone(client, db):
    OfficialFactory()
    client.force_login(user_who_may("view"))
    page = text_of(client.get(page_url(Official, "changelist")))
    assert "export" not in page
    client.force_login(user_who_may("view", "export"))
    page = text_of(client.get(f"{page_url(Official, 'changelist')}?q=off"))
    assert 'href="/roster/official/export/?q=off"' in page
    assert 'value="export_selected"' in page


def test_action_without_the_permission_does_nothing(client, db):
    official = OfficialFactory()
    client.force_login(user_who_may("view", "delete"))
    response = select(client, Official, [official])
    assert response.url == page_url(Official, "changelist")


@pytest.mark.parametrize("model", DOMAIN)
def test_what_was_exported_imports_again_with_nothing_changed(signed_in, model, settings, tmp_path):
    settings.ROSTER_HOME = tmp_path
    with changeset(reason="Prepared.", kind="command"):
        FACTORIES[model.record_kind].create_batch(2)
    for options in ({}, {"versions": "on"}, {"versions": "on", "states": "on"}):
        text = exported(signed_in, model, **options)
        page = upload(signed_in, text, model=model)
        report = page.context["report"]
        assert (report.rows, report.unchanged, report.ok) == (2, 2, True)
        assert "There is nothing to import." in text_of(page)
