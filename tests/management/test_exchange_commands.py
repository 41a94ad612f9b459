"""The commands that move CSV: exit status, JSON and words are those of the contract."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from roster.models import Changeset, Official, Protection
from tests.exchange.bundles import describe_anew
from tests.exchange.conftest import SEED
from tests.factories import ImportMappingFactory, ParagraphFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def make(text):
        path = tmp_path / "rows.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


def refused(*arguments):
    """Run a command that must exit with status 1."""
    with pytest.raises(SystemExit) as ending:
        call_command(*arguments)
    assert ending.value.code == 1


def test_import_csv_prints_one_json_object(file, capsys):
    call_command("import_csv", "officials", file("ref,name\na,Ann\n"), "--reason=Why", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "model": "officials",
        "rows": 1,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "conflicts": 0,
        "errors": [],
        "changeset": Changeset.objects.newest_first().first().position,
    }


def test_import_csv_refuses_in_json_with_line_and_column(file, capsys):
    refused(
        "import_csv", "officials", file("ref,name,born\na,Ann,2020-13\n"), "--reason=Why", "--json"
    )

    answer = json.loads(capsys.readouterr().out)
    (error,) = answer["errors"]
    assert (error["line"], error["column"], answer["changeset"]) == (2, "born", None)
    assert "2020-13" in error["message"]


def test_import_csv_reads_the_encoding_and_delimiter_that_it_is_told(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("ref;name\nzoe;Zoë\n".encode("cp1252"))
    arguments = ("import_csv", "officials", str(path), "--reason=Why")
    refused(*arguments)
    refused(*arguments, "--encoding=cp1252", "--delimiter=comma")
    call_command(*arguments, "--encoding=cp1252", "--delimiter=semicolon")

    assert Official.objects.get().name == "Zoë"


@pytest.mark.parametrize("option", ["--encoding=utf-7", "--delimiter=|"])
def test_import_csv_takes_no_other_encoding_or_delimiter(file, option):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("import_csv", "officials", file("ref,name\n"), "--reason=Why", option)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_import_csv_refuses_a_value_without_evidence_where_it_is_required(
    file, capsys, settings, options
):
    settings.ROSTER_EVIDENCE = "require"
    path = file("ref,name\nann,Ann\n")
    refused("import_csv", "officials", path, "--reason=Why", "--json", *options)

    answer = json.loads(capsys.readouterr().out)
    (error,) = answer["errors"]
    assert (error["line"], error["column"], answer["changeset"]) == (2, "name", None)
    assert error["message"].startswith("official:ann, name: Ann has no current citation: ")
    assert not Official.objects.exists()


def test_import_csv_says_each_error_in_a_line(file, capsys):
    refused("import_csv", "officials", file("ref,name\na\n,\n"), "--reason=Why")

    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("line 2: The row has 1 cells")
    assert said[1] == "line 3, name: name must not be empty: give a value."
    assert said[-1].endswith("Nothing was written.")


def test_import_csv_says_what_it_did(file, capsys):
    path = file("ref,name\na,Ann\n")
    call_command("import_csv", "officials", path, "--reason=Why", "--dry-run")
    call_command("import_csv", "officials", path, "--reason=Why")
    call_command("import_csv", "officials", path, "--reason=Why")

    counts = [line.split(". ", 1) for line in capsys.readouterr().out.splitlines()]
    assert [words for _counts, words in counts][:2] == [
        "A dry run: nothing was written.",
        f"Changeset {Changeset.objects.newest_first().first().position}.",
    ]
    assert counts[2] == ["Rows: 1; new: 0; changed: 0; unchanged: 1", "Nothing to write."]


def test_the_user_and_the_reason_are_in_the_changeset(file):
    ann = User.objects.create_user("ann")

    call_command(
        "import_csv", "officials", file("ref,name\na,Ann\n"), "--reason=From the list", "--user=ann"
    )

    entry = Changeset.objects.newest_first().first()
    assert (entry.user, entry.reason) == (ann, "From the list")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{file}", "--user=nobody"), "There is no user “nobody”"),
        (("{file}.missing",), "cannot be read"),
        (("{file}", "--map=nothing"), "There is no saved mapping “nothing” and no file"),
    ],
)
def test_import_csv_refuses_what_it_cannot_find(file, capsys, arguments, words):
    path = file("ref,name\na,Ann\n")

    refused(
        "import_csv",
        "officials",
        *(argument.format(file=path) for argument in arguments),
        "--reason=Why",
        "--json",
    )

    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["line"], error["column"]) == (None, None)
    assert words in error["message"]
    assert not Official.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("import_csv", "oficials", "x.csv", "--reason=Why"),
        ("import_csv", "officials", "x.csv"),
        ("import_csv", "officials", "x.csv", "--reason= "),
        ("export_csv", "oficials"),
        ("protected", "--on", "18.7.2024"),
        ("protected", "--on", "20240718"),
        ("protected", "--on", "2024-02-30"),
    ],
)
def test_wrong_usage_is_told_apart_from_a_refusal(arguments):
    """On the command line argparse itself ends these with status 2."""
    with pytest.raises(CommandError):
        call_command(*arguments)


def test_export_csv_prints_what_it_writes_to_a_file(seeded, tmp_path, capsys):
    call_command("export_csv", "protections")
    call_command("export_csv", "protections", "-o", str(tmp_path / "x.csv"))

    assert capsys.readouterr().out == (tmp_path / "x.csv").read_text()
    assert (tmp_path / "x.csv").read_bytes() == (SEED / "protections.csv").read_bytes()


def workbook_of(path):
    return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("arguments", [("-o", "x.xlsx"), ("-o", "x.XLSX"), ("-o", "x", "--xlsx")])
def test_export_csv_writes_a_workbook(seeded, tmp_path, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    call_command("export_csv", "protections", "--versions", *arguments)

    header, *rows = workbook_of(BytesIO(Path(arguments[1]).read_bytes()))
    assert header == [*Protection.columns, "_version"]
    assert len(rows) == Protection.objects.count()
    assert capsys.readouterr().err == f"{len(rows)} rows in {arguments[1]}.\n"


def test_import_csv_takes_a_workbook(seeded, tmp_path, capsys):
    path = tmp_path / "x.xlsx"
    call_command("export_csv", "protections", "-o", str(path))
    call_command("import_csv", "protections", str(path), "--reason=Again")

    count = Protection.objects.count()
    assert capsys.readouterr().out == (
        f"Rows: {count}; new: 0; changed: 0; unchanged: {count}. Nothing to write.\n"
    )


def test_a_workbook_goes_to_a_file(db):
    with pytest.raises(CommandError, match="name one with -o") as refusal:
        call_command("export_csv", "officials", "--xlsx")
    assert refusal.value.returncode == 2


def test_a_workbook_that_excel_cannot_take_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"earlier")
    ParagraphFactory(text="x" * 40_000)

    with pytest.raises(CommandError, match="Row 2 has a text of 40,000 characters"):
        call_command("export_csv", "paragraphs", "-o", str(path))
    assert path.read_bytes() == b"earlier"


def test_export_csv_adds_versions_last(seeded, capsys):
    call_command("export_csv", "officials", "--versions")

    header, first = capsys.readouterr().out.splitlines()[:2]
    assert header.endswith(",summary,_version")
    assert first.rpartition(",")[2].isdigit()


def test_bundle_commands_take_a_roster_out_and_in(seeded, tmp_path, capsys):
    call_command("export_bundle", str(tmp_path / "out"))
    call_command("import_bundle", str(tmp_path / "out"), "--reason=Again")

    assert capsys.readouterr().out.splitlines()[-1] == "Nothing to write."


def test_export_bundle_takes_the_officials_that_are_named(seeded, tmp_path, capsys):
    names = ("--official=mike-pompeo", "--official=brian-hook")
    call_command("export_bundle", str(tmp_path / "out"), *names)

    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["officials: 2 rows", "roles: 2 rows"]


def test_export_bundle_refuses_an_official_who_is_not_here(seeded, tmp_path):
    with pytest.raises(CommandError, match="There is no official “mike-pompous”"):
        call_command("export_bundle", str(tmp_path / "out"), "--official=mike-pompous")
    assert not (tmp_path / "out").exists()


def test_import_bundle_refuses_what_is_no_bundle(tmp_path):
    with pytest.raises(CommandError, match=r"has no datapackage\.json"):
        call_command("import_bundle", str(tmp_path), "--reason=Why")


def test_export_bundle_refuses_a_folder_with_other_files(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")

    with pytest.raises(CommandError, match="holds other files"):
        call_command("export_bundle", str(tmp_path))


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_export_csv_refuses_where_it_cannot_write(tmp_path, name):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_csv", "officials", "-o", str(tmp_path / "no" / name))


def test_import_bundle_names_file_line_and_column(tmp_path, capsys):
    call_command("export_bundle", str(tmp_path))
    path = tmp_path / "officials.csv"
    path.write_text(path.read_text() + "UP,Ann,,,,,,\n")
    describe_anew(tmp_path, path.name)

    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_bundle", str(tmp_path), "--reason=Why")

    assert capsys.readouterr().err.startswith("officials.csv, line 2, ref: ")


def protected(capsys, *arguments):
    call_command("protected", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


FIVE = {"brian-hook", "esper", "frank-mckenzie", "mark-milley", "mike-pompeo"}


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2024-07-18", "definitely"), ("2019-01-01", "possibly"), ("2026-01-01", "possibly")],
)
def test_protected_answers_for_every_official(seeded, capsys, day, answer):
    found = protected(capsys, "--on", day)

    answers = {official["ref"]: official["in_force"] for official in found["officials"]}
    assert found["on"] == day
    assert len(answers) == 9
    assert {ref for ref, said in answers.items() if said == answer} == FIVE
    assert {said for ref, said in answers.items() if ref not in FIVE} == {"no"}


def test_protected_says_by_which_protections(seeded, capsys):
    found = protected(capsys, "--on", "2024-07-18")

    (pompeo,) = [o for o in found["officials"] if o["ref"] == "mike-pompeo"]
    assert pompeo == {
        "ref": "mike-pompeo",
        "name": "Mike Pompeo",
        "in_force": "definitely",
        "protections": [
            {
                "ref": "mike-pompeo/protection",
                "level": "round_the_clock",
                "start": "../2024-07-18",
                "end": "2024-07-18/..",
                "in_force": "definitely",
            }
        ],
    }


def test_protected_prints_a_line_for_each_official(seeded, capsys):
    call_command("protected", "--on", "2024-07-18")

    said = capsys.readouterr().out
    assert "definitely  Esper  (round_the_clock, from ../2024-07-18 to 2024-07-18/..)" in said
    assert "no          Trump" in said


def test_protected_asks_the_clock_when_no_day_is_given(seeded, capsys):
    import time_machine

    with time_machine.travel("2024-07-18T12:00Z"):
        assert protected(capsys)["on"] == "2024-07-18"


FOREIGN = "id,person,phone\nA1,Ann,1\n"
MAPPING = '{"model": "officials", "columns": {"ref": {"from": "id", "as": "ref"}, %s}%s}'


def mapping(name='"name": {"from": "person"}', ignored=', "ignored": ["phone"]'):
    return MAPPING % (name, ignored)


def test_import_csv_maps_a_foreign_file_by_a_file_or_a_saved_name(file, tmp_path):
    (tmp_path / "registry.json").write_text(mapping())
    call_command(
        "import_csv", "officials", file(FOREIGN), "--reason=Why", f"--map={tmp_path}/registry.json"
    )
    ImportMappingFactory(name="Registry", definition=mapping('"honorific": {"from": "person"}'))
    call_command("import_csv", "officials", file(FOREIGN), "--reason=Why", "--map=Registry")

    official = Official.objects.get()
    assert (official.ref, official.name, official.honorific) == ("a1", "Ann", "Ann")


def test_import_csv_refuses_a_mapping_that_does_not_fit_by_their_columns(file, tmp_path, capsys):
    (tmp_path / "registry.json").write_text(mapping(ignored=""))
    path, asked = file(FOREIGN), f"--map={tmp_path}/registry.json"
    refused("import_csv", "officials", path, "--reason=Why", "--json", asked)

    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["line"], error["column"]) == (1, "phone")
    assert "The mapping does not say what becomes of the column “phone”." in error["message"]


def test_import_csv_refuses_a_mapping_that_is_none(file, tmp_path, capsys):
    (tmp_path / "registry.json").write_text(mapping('"nmae": {"from": "person"}'))
    path, asked = file(FOREIGN), f"--map={tmp_path}/registry.json"
    refused("import_csv", "officials", path, "--reason=Why", asked)

    assert "columns: there is no key “nmae”. Did you mean “name”?" in capsys.readouterr().err
