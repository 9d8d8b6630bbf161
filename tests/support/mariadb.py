"""A real MariaDB server for the tests, from Debian's `mariadb-server`: own data folder, loopback and socket, apart from the machine.

Belongs here: starting it, stopping it, killing it, a new database per test. Does not: what any test expects.
Tests that use it carry the marker `mariadb`.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymysql
import pytest
import trustme

from ingestion.contract import Column, Table, load_contract
from tests.support.platform import Platform
from tests.support.postgres import newest_versions

USER = "glassbook"
PASSWORD = "p@ss/word"  # both characters must be escaped in a URL
# Commits survive the end of the server, not a loss of power; the other options keep a server small during a test run.
OPTIONS = (
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=32M",
    "--innodb-buffer-pool-size=64M",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
)
# How a platform on MySQL would store what the contract requires.
SQL_TYPES = {
    "id": "bigint",
    "text": "text",
    "money": "decimal(18,2)",
    "rate": "decimal(9,6)",
    "date": "date",
    "time": "datetime(6)",
    "bool": "tinyint(1)",
}
PATIENCE_S = 60
_numbers = itertools.count(1)


class MariaDb:
    """One server with its data folder; a test may `start` and `stop` it as often as it needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # A client that asks for TLS gets it, with a certificate of this authority.
        self.ca_file = folder / "ca.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
        certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
        users = folder / "users.sql"
        hosts = ("127.0.0.1", "localhost")
        statements = [f"grant all on *.* to '{USER}'@'{host}' identified by '{PASSWORD}' with grant option;" for host in hosts]
        users.write_text("\n".join(["flush privileges;", *statements, ""]), encoding="utf-8")
        self._run_installer(f"--extra-file={users}")

    def _run_installer(self, *options: str) -> None:
        command = ["mariadb-install-db", *self._places, "--skip-test-db", *options]
        done = subprocess.run([*command, *OPTIONS], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")

    @property
    def _places(self) -> list[str]:
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        return ["--no-defaults", *as_root, f"--datadir={self.folder / 'data'}"]

    def url(self, database: str = "mysql", *, by_socket: bool = False, user: str = USER, password: str = PASSWORD) -> str:
        """The address of a database: over loopback TCP or, with the socket as `unix_socket`, without a port."""
        who = f"{quote(user, safe='')}:{quote(password, safe='')}"
        if by_socket:
            return f"mysql://{who}@localhost/{database}?unix_socket={quote(str(self.socket), safe='')}"
        return f"mysql://{who}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        log = (self.folder / "log").open("ab")
        # The server ends with this process, even when it is killed.
        command = ["setpriv", "--pdeathsig", "KILL", shutil.which("mariadbd") or "/usr/sbin/mariadbd", *self._places]
        # Its own folder for temporary tables: a starting server removes those of every other server in a shared folder.
        (self.folder / "tmp").mkdir(exist_ok=True)
        command += [f"--tmpdir={self.folder / 'tmp'}", f"--ssl-cert={self.folder / 'cert.pem'}", f"--ssl-key={self.folder / 'key.pem'}"]
        command += [f"--socket={self.socket}", f"--pid-file={self.folder / 'pid'}", "--bind-address=127.0.0.1", f"--port={self.port}"]
        self._process = subprocess.Popen([*command, *OPTIONS, "--innodb-fast-shutdown=2"], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.connect("mysql").close()
                return
            except pymysql.err.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")) from None
                time.sleep(0.02)

    def connect(self, database: str, **options: Any) -> pymysql.connections.Connection[Any]:
        """A connection over TCP whose statements are committed one by one, unless told otherwise."""
        told = {"autocommit": True, "charset": "utf8mb4"} | options
        return pymysql.connect(host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, database=database, **told)

    def stop(self) -> None:
        """Shuts the server down."""
        self._end("terminate")

    def kill(self) -> None:
        """Kills the server at once, in the middle of its work."""
        self._end("kill")

    def _end(self, how: str) -> None:
        if self._process is not None:
            getattr(self._process, how)()
            self._process.wait()
            self._process = None


class Database:
    """One database of the server."""

    def __init__(self, server: MariaDb, name: str) -> None:
        self.server = server
        self.name = name

    @property
    def url(self) -> str:
        """Its address over TCP."""
        return self.server.url(self.name)

    @property
    def socket_url(self) -> str:
        """Its address over the socket."""
        return self.server.url(self.name, by_socket=True)

    @contextmanager
    def session(self, **options: Any) -> Iterator[pymysql.cursors.Cursor]:
        """A cursor whose statements are committed one by one, unless told otherwise."""
        with self.server.connect(self.name, **options) as connection, connection.cursor() as cursor:
            yield cursor

    def run(self, *statements: str) -> None:
        """Executes statements."""
        with self.session() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def write(self, p: Platform, without: Sequence[str] = ()) -> None:
        """Replaces the tables with the platform's; of each key the newest version."""
        with self.session() as cursor:
            for table in load_contract().tables.values():
                cursor.execute(f"drop table if exists `{table.name}`")
                if table.name not in without:
                    cursor.execute(_definition(table))
                    _fill(cursor, table, newest_versions(p, table))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.session() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


def _definition(table: Table) -> str:
    columns = [f"`{c.name}` {_sql_type(c, c.name in table.key)}{'' if c.nullable else ' not null'}" for c in table.columns]
    key = ", ".join(f"`{name}`" for name in table.key)
    return f"create table `{table.name}` ({', '.join(columns)}, primary key ({key})) character set utf8mb4"


def _sql_type(column: Column, is_key: bool) -> str:
    return "varchar(100)" if column.type == "text" and is_key else SQL_TYPES[column.type]


def _fill(cursor: pymysql.cursors.Cursor, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = ", ".join(f"`{c.name}`" for c in table.columns)
        places = ", ".join(["%s"] * len(table.columns))
        cursor.executemany(
            f"insert into `{table.name}` ({names}) values ({places})", [tuple(row[c.name] for c in table.columns) for row in rows]
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_server() -> Iterator[MariaDb]:
    """A new server that ends, with its data, at the end of the block: for tests that stop or kill it."""
    # A short path: the name of a Unix socket holds about a hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix="md-"))
    try:
        server = MariaDb(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """The server that tests share; it ends with them."""
    with running_server() as server:
        yield server


@pytest.fixture
def mariadb_database(mariadb: MariaDb) -> Database:
    """An empty database."""
    name = f"test_{next(_numbers)}"
    Database(mariadb, "mysql").run(f"create database {name}")
    return Database(mariadb, name)
