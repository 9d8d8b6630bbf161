"""The MariaDB server of the tests is one that platforms run, and tests can stop it, kill it and start it again."""

from __future__ import annotations

import pytest

from tests.support.mariadb import Database, mariadb, mariadb_database, running_server

__all__ = ["mariadb", "mariadb_database"]

pytestmark = pytest.mark.mariadb


def test_a_database_answers_over_loopback_and_socket(mariadb_database: Database) -> None:
    mariadb_database.run("create table t (x decimal(18,2))", "insert into t values (1.10)")
    assert mariadb_database.rows("select x, @@autocommit, @@character_set_database from t")[0][1:] == (1, "utf8mb4")
    server = mariadb_database.server
    assert server.socket.is_socket()
    version = tuple(int(part) for part in mariadb_database.rows("select version()")[0][0].split("-")[0].split("."))
    assert version >= (10, 6)


def test_a_killed_server_starts_again_with_what_was_committed() -> None:
    with running_server() as server:
        Database(server, "mysql").run("create database kept")
        kept = Database(server, "kept")
        kept.run("create table t (x int primary key)", "insert into t values (1)")
        server.kill()
        server.start()
        assert kept.rows("select x from t") == [(1,)]
