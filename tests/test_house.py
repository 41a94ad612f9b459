"""Rules on the tree itself: sizes, names, what must never be in it, and what must."""

from __future__ import annotations

import os
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT.parent / "shared" / "seed" / "article.txt"
NOT_OURS = {".git", ".venv", "var", "__pycache__", "vendor", "node_modules"}
LONGEST = 400
SAY_NOTHING = {"utils", "helpers", "common", "misc", "core", "lib"}
LOCKS = ("requirements.lock", "requirements-test.lock")
PINNED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def our_files() -> list[Path]:
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and "cache" not in name]
        found += [Path(folder, name) for name in files if not name.startswith(".coverage")]
    return sorted(found)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs_of_nine(text: str) -> set[tuple[str, ...]]:
    listed = words(text)
    return set(zip(*(listed[start:] for start in range(9)), strict=False))


def locked(name: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / name).read_text()))


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_no_file_is_too_long_to_read():
    code = [
        file
        for file in our_files()
        if file.suffix in {".py", ".html", ".css", ".js"} and "migrations" not in file.parts
    ]
    too_long = {
        str(file.relative_to(ROOT)): lines
        for file in code
        if (lines := len(file.read_text().splitlines())) > LONGEST
    }
    assert len(code) > 20
    assert not too_long


def test_no_file_or_folder_has_a_name_that_says_nothing():
    named = {part for file in our_files() for part in file.relative_to(ROOT).with_suffix("").parts}
    assert not named & SAY_NOTHING


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not beside this checkout")
def test_no_sentence_of_the_article_is_in_the_repository():
    article = runs_of_nine(ARTICLE.read_text())
    found = {
        (str(file.relative_to(ROOT)), " ".join(run))
        for file in our_files()
        for run in article & runs_of_nine(file.read_text(errors="replace"))
    }
    assert article
    assert not found


def test_nine_words_in_a_row_are_found_across_lines_and_punctuation():
    quoted = 'He said: "one two three,\nfour five six – seven eight nine" and left.'
    assert runs_of_nine("One two three four five six seven eight nine") < runs_of_nine(quoted)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_no_path(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"://|--\w*index|--find-links|file:|@ |\s/\w", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name):
    text = (ROOT / name).read_text()
    starts = [*(match.start() for match in PINNED.finditer(text)), len(text)]
    assert len(starts) > 10
    assert all("--hash=sha256:" in text[start:end] for start, end in pairwise(starts))


def test_the_test_lock_holds_the_runtime_lock():
    assert locked(LOCKS[0]).items() <= locked(LOCKS[1]).items()


def test_the_locks_meet_what_the_project_asks_for():
    metadata = project()
    runtime = metadata["project"]["dependencies"]
    runtime += metadata["project"]["optional-dependencies"]["postgresql"]
    for lock, asked in (
        (LOCKS[0], runtime),
        (LOCKS[1], runtime + metadata["dependency-groups"]["test"]),
    ):
        versions = locked(lock)
        for requirement in map(Requirement, asked):
            assert versions[canonicalize_name(requirement.name)] in requirement.specifier


def test_ci_runs_the_whole_test_command():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec python3 run.py test"


@pytest.mark.parametrize("name", sorted(n for n, app in get_commands().items() if app == "roster"))
def test_every_command_says_what_it_does(name):
    command = load_command_class("roster", name)
    assert command.help.strip()
    assert all(action.help for action in command.create_parser("manage.py", name)._actions)
