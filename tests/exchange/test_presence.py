"""Who is at work is seen at once, and so is that nobody is any more."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from roster.exchange.presence import held, is_held

HOLDER = """
import sys, time
from pathlib import Path
from roster.exchange.presence import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "lock"


def test_a_lock_is_held_within_its_block_alone(file):
    assert not is_held(file)
    with held(file):
        assert is_held(file)
    assert not is_held(file)


def test_a_block_that_raises_frees_the_lock(file):
    with pytest.raises(RuntimeError), held(file):
        raise RuntimeError
    assert not is_held(file)


def test_asking_does_not_take_the_lock(file):
    with held(file):
        assert is_held(file)
        assert is_held(file)


def test_only_its_owner_can_open_the_file(file):
    with held(file):
        assert file.stat().st_mode & 0o777 == 0o600


def test_who_waits_can_give_up(file):
    def give_up():
        raise TimeoutError

    with held(file), pytest.raises(TimeoutError), held(file, while_waiting=give_up):
        pytest.fail("Two hold one lock.")


def test_who_waits_has_it_as_soon_as_it_is_free(file):
    with ExitStack() as first:
        first.enter_context(held(file))
        with held(file, while_waiting=first.close):
            assert is_held(file)
    assert not is_held(file)


def test_a_process_that_is_killed_holds_nothing(file):
    with subprocess.Popen([sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert is_held(file)
        holder.kill()
    assert not is_held(file)
