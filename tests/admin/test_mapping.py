"""The page that maps the columns of a foreign file: what is chosen is what the preview shows."""

from __future__ import annotations

import json

import pytest

from roster.admin.display import page_url
from roster.admin.imports import mapping_page
from roster.exchange.uploads import Uploads
from roster.history.changesets import changeset
from roster.models import Changeset, ImportMapping, Official, Protection
from tests.admin.exchanging import confirm, upload, user_who_may
from tests.admin.mapping import open_mapping, send
from tests.admin.pages import form_on, text_of
from tests.factories import OfficialFactory

FOREIGN = "id,first,last,birthday,phone\nA1,Ann,Lee,1950-01-02,1\nB2,Bo,,03/01/2020,2\n"
GUARDED = "Person,guard\nann,yes\nbob,no\nann,\n"


@pytest.fixture(autouse=True)
def home_of_its_own(settings, tmp_path):
    settings.ROSTER_HOME = tmp_path


@pytest.fixture
def page(signed_in):
    return open_mapping(signed_in, FOREIGN)


def kept(tmp_path):
    """The mapping beside the one upload there is."""
    (note,) = (tmp_path / "uploads").glob("*.mapping")
    return json.loads(note.read_text())


def errors(page):
    return {name: list(found) for name, found in page.context["form"].errors.items()}


def saved_mapping(name="Registry", stem="officials", **columns):
    columns = columns or {"ref": {"from": "id", "as": "ref"}, "name": {"from": "first"}}
    ignored = ["last", "birthday", "phone"]
    definition = json.dumps({"model": stem, "columns": columns, "ignored": ignored})
    with changeset(reason="Prepared.", kind="command"):
        return ImportMapping.objects.create(name=name, stem=stem, definition=definition)


def test_preview_of_a_foreign_file_leads_to_the_page(signed_in):
    preview = upload(signed_in, FOREIGN)
    assert "Its columns are not ours." in text_of(preview)
    assert f'<a href="{preview.context["mapping_url"]}">Map its columns</a>'.replace(
        "&", "&amp;"
    ) in text_of(preview)


def test_each_column_stands_with_some_of_its_values(page):
    (ident, *_others) = page.context["their_columns"]
    assert (ident.name, ident.shown) == ("id", ["A1", "B2"])
    assert [column.name for column in page.context["their_columns"]] == [
        "id",
        "first",
        "last",
        "birthday",
        "phone",
    ]


def test_column_with_a_name_of_ours_is_chosen_already(signed_in):
    page = open_mapping(signed_in, "Ref,NAME,phone\na,Ann,1\n")
    held = form_on(page)
    assert (held["becomes-0-0"], held["becomes-1-0"]) == (["ref"], ["name"])
    assert held["becomes-2-0"] == [""]


def test_open_column_is_refused_by_name_until_it_is_ignored(signed_in, page):
    answer = send(signed_in, page, id="ref", first="name", last="-", birthday="-")
    assert errors(answer) == {"becomes-4-0": ["Say what becomes of “phone”, or ignore it."]}
    answer = send(signed_in, answer, ignore_rest="on")
    assert answer.context["report"].new == 2


def test_key_must_be_made(signed_in, page):
    answer = send(signed_in, page, first="name", ignore_rest="on")
    assert "ref is the key of officials, and nothing becomes ref" in text_of(answer)


def test_ref_is_made_of_a_column_that_holds_none(signed_in, page, tmp_path):
    answer = send(signed_in, page, id="ref", first="name", ignore_rest="on")
    assert [row.label for row in answer.context["rows"]] == ["a1", "b2"]
    assert kept(tmp_path) == {
        "model": "officials",
        "columns": {"ref": {"from": "id", "as": "ref"}, "name": {"from": "first"}},
        "ignored": ["last", "birthday", "phone"],
    }


def test_several_columns_ask_how_they_are_joined_and_in_which_order(signed_in, page, tmp_path):
    seen = send(signed_in, page, id="ref", first="name", last="name", ignore_rest="on")
    assert seen.context["unseen"] == ["name"]
    order = {"order-name-1": "2", "order-name-2": "1"}
    send(signed_in, seen, **order, **{"join-name": ", "})
    assert kept(tmp_path)["columns"]["name"] == {"from": ["last", "first"], "join": ", "}


def test_blank_separator_joins_without_one(signed_in, page, tmp_path):
    seen = send(signed_in, page, id="ref", first="name", last="name", ignore_rest="on")
    send(signed_in, seen, **{"join-name": ""})
    assert kept(tmp_path)["columns"]["name"] == {"from": ["first", "last"], "join": ""}


def test_one_column_may_become_several(signed_in, page, tmp_path):
    seen = send(signed_in, page, button="show", id="ref", ignore_rest="on")
    send(signed_in, seen, **{"becomes-0-1": "name"})
    columns = kept(tmp_path)["columns"]
    assert columns == {"ref": {"from": "id", "as": "ref"}, "name": {"from": "id"}}


def test_list_takes_each_cell_as_an_item(signed_in, page, tmp_path):
    seen = send(signed_in, page, id="ref", first="aliases", last="aliases", ignore_rest="on")
    send(signed_in, seen)
    assert kept(tmp_path)["columns"]["aliases"] == {"from": ["first", "last"], "as": "list"}


def test_fixed_value_and_trimming_are_taken(signed_in, page, tmp_path):
    seen = send(signed_in, page, button="show", id="ref", first="name", ignore_rest="on")
    send(signed_in, seen, **{"always-country": "US", "trim-name": "on"})
    columns = kept(tmp_path)["columns"]
    assert (columns["country"], columns["name"]) == (
        {"always": "US"},
        {"from": "first", "trim": True},
    )


def test_dates_are_counted_and_one_that_is_not_taken_is_shown(signed_in, page, tmp_path):
    seen = send(signed_in, page, button="show", id="ref", birthday="born", ignore_rest="on")
    (born,) = [made for made in seen.context["ours_made"] if made.column.name == "born"]
    assert (born.dates.count, born.dates.of, born.dates.refused) == (1, 2, "03/01/2020")
    assert [meaning.theirs for meaning in born.meanings] == ["03/01/2020"]
    send(signed_in, seen, **{"means-born-0": "2020-01-03"})
    assert kept(tmp_path)["columns"]["born"] == {
        "from": "birthday",
        "values": {"03/01/2020": "2020-01-03"},
        "others": "keep",
    }


def test_value_of_theirs_may_be_told_as_blank(signed_in, page, tmp_path):
    seen = send(signed_in, page, button="show", id="ref", birthday="born", ignore_rest="on")
    send(signed_in, seen, **{"means-born-0": ""})
    assert kept(tmp_path)["columns"]["born"]["values"] == {"03/01/2020": ""}


class TestChoices:
    @pytest.fixture
    def people(self, db):
        with changeset(reason="Prepared.", kind="command"):
            return [OfficialFactory(ref="ann", name="Ann"), OfficialFactory(ref="bob", name="Bob")]

    @pytest.fixture
    def seen(self, signed_in, people):
        page = open_mapping(signed_in, GUARDED, model=Protection)
        values = {"Person": "official", "guard": "level", "becomes-0-1": "ref"}
        return send(signed_in, page, model=Protection, **values)

    def test_each_value_found_asks_what_it_means(self, seen):
        assert seen.context["unseen"] == ["level"]
        (level,) = [made for made in seen.context["ours_made"] if made.column.name == "level"]
        assert [meaning.theirs for meaning in level.meanings] == ["yes", "no", ""]
        options = [value for value, _label in level.meanings[0].means.field.choices]
        assert options == ["", "=", "round_the_clock", "part_time", "event", "unknown"]

    def test_what_is_chosen_is_the_table(self, signed_in, seen, tmp_path):
        meanings = {"means-level-0": "round_the_clock", "means-level-2": "unknown"}
        preview = send(signed_in, seen, model=Protection, **meanings)
        assert kept(tmp_path)["columns"]["level"] == {
            "from": "guard",
            "values": {"yes": "round_the_clock", "": "unknown"},
            "others": "refuse",
        }
        (error, *_) = preview.context["report"].errors
        assert (error.line, error.column, error.value) == (3, "guard", "no")

    def test_code_or_its_name_is_recognised(self, signed_in, people):
        page = open_mapping(signed_in, "ref,level\na,Part time\nb,event\n", model=Protection)
        held = form_on(page)
        assert (held["means-level-0"], held["means-level-1"]) == (["part_time"], ["event"])

    def test_codes_of_ours_ask_nothing(self, signed_in, people, tmp_path):
        page = open_mapping(signed_in, "ref,who,level\na,ann,event\n", model=Protection)
        send(signed_in, page, model=Protection, who="official")
        assert kept(tmp_path)["columns"]["level"] == {"from": "level"}

    def test_meaning_that_is_no_choice_is_refused(self, signed_in, seen):
        answer = send(signed_in, seen, model=Protection, **{"means-level-0": "always"})
        assert "means-level-0" in errors(answer)


def test_mapped_file_is_imported_when_confirmed(signed_in, page):
    preview = send(signed_in, page, id="ref", first="name", ignore_rest="on")
    assert "Its columns are mapped onto ours." in text_of(preview)
    confirm(signed_in, preview)
    assert set(Official.objects.values_list("ref", "name")) == {("a1", "Ann"), ("b2", "Bo")}


def test_changed_mapping_is_a_changed_preview(signed_in, page):
    preview = send(signed_in, page, id="ref", first="name", ignore_rest="on")
    send(signed_in, page, id="ref", last="name", birthday="-", first="-", phone="-")
    answer = confirm(signed_in, preview)
    assert "Look at the preview again" in text_of(answer)
    assert not Official.objects.exists()


def test_page_holds_what_was_mapped_before(signed_in, page):
    seen = send(signed_in, page, id="ref", first="name", last="name", ignore_rest="on")
    preview = send(signed_in, seen, **{"order-name-1": "2", "order-name-2": "1"})
    held = form_on(signed_in.get(preview.context["mapping_url"]))
    assert (held["becomes-1-0"], held["becomes-4-0"]) == (["name"], ["-"])
    assert (held["order-name-1"], held["order-name-2"]) == (["2"], ["1"])


def test_columns_can_be_read_as_ours_again(signed_in, page):
    send(signed_in, page, id="ref", first="name", ignore_rest="on")
    preview = send(signed_in, page, button="plain")
    assert not preview.context["is_mapped"]
    assert preview.context["misfits"]


def test_mapping_is_saved_under_its_name_with_the_reason(signed_in, analyst, page):
    values = {"id": "ref", "first": "name", "ignore_rest": "on"}
    answer = send(signed_in, page, **values, name="Registry", save_reason="Comes monthly")
    saved = ImportMapping.objects.get()
    assert (saved.name, saved.stem) == ("Registry", "officials")
    assert json.loads(saved.definition)["ignored"] == ["last", "birthday", "phone"]
    entry = Changeset.objects.newest_first().first()
    assert (entry.user, entry.reason, entry.change_count) == (analyst, "Comes monthly", 1)
    assert "The mapping is saved as “Registry”." in text_of(answer)


def test_saving_asks_why(signed_in, page):
    answer = send(signed_in, page, id="ref", first="name", ignore_rest="on", name="Registry")
    assert errors(answer) == {"save_reason": ["Say in a few words why the mapping is saved."]}
    assert not ImportMapping.objects.exists()


@pytest.mark.parametrize(("replaces", "column"), [("", "first"), ("on", "last")])
def test_saved_mapping_is_replaced_only_when_so_said(signed_in, page, replaces, column):
    saved = saved_mapping()
    values = {"id": "ref", "last": "name", "ignore_rest": "on", "save_reason": "New names"}
    answer = send(signed_in, page, **values, name="Registry", replaces=replaces)
    saved.refresh_from_db()
    assert json.loads(saved.definition)["columns"]["name"] == {"from": column}
    assert ("There is another mapping “Registry”" in text_of(answer)) is not bool(replaces)


def test_saved_mapping_of_another_model_is_not_replaced(signed_in, page):
    saved_mapping(stem="roles", ref={"from": "id"})
    values = {"id": "ref", "last": "name", "ignore_rest": "on", "save_reason": "New"}
    answer = send(signed_in, page, **values, name="Registry", replaces="on")
    assert "“Registry” is a mapping for roles: choose another name." in text_of(answer)


def test_saved_mapping_is_used_as_it_is(signed_in):
    saved = saved_mapping()
    page = open_mapping(signed_in, FOREIGN)
    preview = send(signed_in, page, button="use", saved=saved.pk)
    assert [row.label for row in preview.context["rows"]] == ["a1", "b2"]


def test_saved_mapping_is_looked_at(signed_in):
    saved = saved_mapping()
    page = send(signed_in, open_mapping(signed_in, FOREIGN), button="look", saved=saved.pk)
    held = form_on(page)
    assert (held["becomes-0-0"], held["becomes-2-0"]) == (["ref"], ["-"])
    preview = send(signed_in, page)
    assert [row.label for row in preview.context["rows"]] == ["a1", "b2"]


def test_saved_mapping_that_does_not_fit_says_which_columns_the_file_lacks(signed_in):
    saved = saved_mapping()
    page = open_mapping(signed_in, "idn,first\nA1,Ann\n")
    preview = send(signed_in, page, button="use", saved=saved.pk)
    assert "The file has no column “id”, which the mapping uses. Did you mean “idn”?" in text_of(
        preview
    )
    look = send(signed_in, page, button="look", saved=saved.pk)
    assert "The mapping uses columns that the file has not: id." in text_of(look)


def test_mapping_of_another_model_is_not_offered(signed_in):
    saved = saved_mapping(stem="roles", ref={"from": "id"})
    page = open_mapping(signed_in, FOREIGN)
    assert "Saved mapping" not in text_of(page)
    answer = send(signed_in, page, button="use", saved=saved.pk)
    assert answer.context["form"]


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "²"])
def test_saved_mapping_that_is_not_there_leads_back(signed_in, page, key):
    assert send(signed_in, page, button="use", saved=key).context["form"]


def test_hostile_names_and_values_are_shown_as_text(signed_in):
    page = open_mapping(signed_in, '<b>id</b>,{{ x }}\n<script>alert(1)</script>,"a\nb"\n')
    text = text_of(page)
    assert "&lt;b&gt;id&lt;/b&gt;" in text
    assert "<script>alert" not in text
    seen = send(signed_in, page, button="show", **{"<b>id</b>": "ref", "{{ x }}": "name"})
    assert "<script>alert" not in text_of(seen)


def test_value_with_a_line_break_keeps_it_through_the_form(signed_in, tmp_path):
    page = open_mapping(signed_in, 'id,level\na,"one\ntwo"\n', model=Protection)
    send(signed_in, page, model=Protection, id="ref", **{"means-level-0": "event"})
    assert kept(tmp_path)["columns"]["level"]["values"] == {"one\ntwo": "event"}


def test_file_without_a_header_leads_back_to_what_is_wrong(signed_in):
    preview = upload(signed_in, b"a\xff,b\n")
    answer = signed_in.get(preview.context["mapping_url"], follow=True)
    assert "The file is not UTF-8" in text_of(answer)


def test_file_with_too_many_columns_leads_to_the_command(signed_in, monkeypatch):
    monkeypatch.setattr(mapping_page, "MOST_COLUMNS", 4)
    answer = open_mapping(signed_in, FOREIGN)
    assert "“officials.csv” has 5 columns; this page maps at most 4." in text_of(answer)


def test_mapping_with_too_many_values_is_used_as_it_is_or_changed_as_json(signed_in, monkeypatch):
    monkeypatch.setattr(mapping_page, "MOST_FIELDS", 4)
    answer = open_mapping(signed_in, FOREIGN)
    assert "more values than one page can ask for" in text_of(answer)


def test_page_takes_the_permission_to_import(client, signed_in, page, db):
    client.force_login(user_who_may("view"))
    assert client.get(page_url(Official, "map")).status_code == 403


def test_page_of_another_users_upload_is_refused(client, signed_in):
    address = upload(signed_in, FOREIGN).context["mapping_url"]
    client.force_login(user_who_may("import"))
    assert client.get(address).status_code == 403


def test_who_may_not_save_is_neither_asked_nor_obeyed(client, db):
    client.force_login(user_who_may("import"))
    page = open_mapping(client, FOREIGN)
    assert "Use it again" not in text_of(page)
    values = {"id": "ref", "first": "name", "ignore_rest": "on"}
    answer = send(client, page, **values, name="Mine", save_reason="Because")
    assert "To save it takes the permission to" in text_of(answer)
    assert not ImportMapping.objects.exists()


def test_discarded_upload_takes_its_mapping_along(signed_in, analyst, page, tmp_path):
    send(signed_in, page, id="ref", first="name", ignore_rest="on")
    uploads = Uploads(tmp_path / "uploads")
    uploads.discard(page.context["upload"])
    assert not list((tmp_path / "uploads").iterdir())
