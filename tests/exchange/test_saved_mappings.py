"""A mapping is found by its name or its file, for the one model that it is for."""

import json
import re
from pathlib import Path

import pytest

from roster.exchange.mapping_files import MappingRefused, mapping_text
from roster.exchange.mappings import Made
from roster.exchange.resources import RESOURCES
from roster.exchange.saved_mappings import contract, find_mapping, mapping_for
from tests.factories import ImportMappingFactory

DOCS = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"

pytestmark = pytest.mark.django_db


def definition(source, stem="officials"):
    return json.dumps({"model": stem, "columns": {"ref": {"from": source}}})


def refusal(stem, asked):
    with pytest.raises(MappingRefused) as refused:
        find_mapping(stem, str(asked))
    return str(refused.value)


def test_mapping_is_found_by_its_name():
    ImportMappingFactory(name="Registry", definition=definition("id"))
    assert find_mapping("officials", "Registry").columns == {"ref": Made(("id",))}


def test_mapping_is_found_by_its_file(tmp_path):
    file = tmp_path / "registry.json"
    file.write_text("\ufeff" + definition("id"), encoding="utf-8")
    assert find_mapping("officials", str(file)).columns == {"ref": Made(("id",))}


def test_name_goes_before_a_file_that_is_called_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Registry").write_text(definition("from the file"))
    ImportMappingFactory(name="Registry", definition=definition("from the roster"))
    assert find_mapping("officials", "Registry").used == ("from the roster",)


def test_what_is_neither_is_told_with_the_nearest_names():
    for name in ("Registry of March", "Ministry", "Congress"):
        ImportMappingFactory(name=name)
    said = refusal("officials", "Registry")
    assert said.startswith("There is no saved mapping “Registry” and no file of that name: ")
    assert "the nearest names are “Registry of March”" in said


def test_where_none_is_saved_it_says_so():
    assert refusal("officials", "x").endswith("no file of that name: none is saved yet.")


@pytest.mark.parametrize("asked", ["", "a" * 5_000, "/"])
def test_what_can_be_no_path_is_refused_like_any_other(asked):
    assert refusal("officials", asked).endswith(".")


def test_mapping_for_another_model_is_refused():
    ImportMappingFactory(name="Terms", stem="roles", definition=definition("id", "roles"))
    said = refusal("officials", "Terms")
    assert said.startswith("model: the mapping is for roles, the file for officials;")


def test_file_that_is_not_utf_8_or_cannot_be_read_is_told(tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(b"\xff")
    assert "is not UTF-8" in refusal("officials", file)
    assert "cannot be read: Is a directory." in refusal("officials", tmp_path)


def test_every_model_and_column_of_the_contract_can_be_mapped():
    known = contract()
    assert known.keys() == RESOURCES.keys()
    assert all(set(RESOURCES[stem].model().columns) <= set(known[stem]) for stem in known)


def test_mapping_in_the_documentation_is_one():
    (example,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    mapping = mapping_for("officials", example)
    assert json.loads(mapping_text(mapping)) == json.loads(example)
