"""Paths in the engine: each path means exactly the file that it names, whatever characters are in it.

Belongs here: how a path of a home or a source becomes text of a statement, or the name of a database. Functions that read files
(read_parquet, read_csv, parquet_metadata and the like) treat a path as a pattern: a home `g[1]` was read from its neighbour `g1`.
`copy … to` and `attach` take the path as it is. Does not: which files are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from glassbook.errors import InputError
from glassbook.sql_text import quoted

# A pattern character stands for itself as the only member of a set, as in `[*]`; there is no other escape, and braces mean nothing.
_LITERALLY = str.maketrans({sign: f"[{sign}]" for sign in "*?["})
ROW_NUMBER = "file_row_number = true"
"""Option of `parquet_sql`: a column with each row's position in its file, from 0."""


def file_read(path: Path) -> str:
    """A path as a literal for read_parquet, read_csv and similar functions, for this one file."""
    return quoted(str(path.absolute()).translate(_LITERALLY))


def files_read(paths: Iterable[Path]) -> str:
    """Paths as a list for the same functions, in the given order."""
    return f"[{', '.join(map(file_read, paths))}]"


def parquet_sql(paths: Iterable[Path], *options: str) -> str:
    """The rows of Parquet files as a relation; folder names above them, such as `year=2019`, do not become columns."""
    return f"read_parquet({files_read(paths)}, {', '.join(('hive_partitioning = false', *options))})"


def file_written(path: Path) -> str:
    """A path as a literal for `copy … to`."""
    return quoted(str(path.absolute()))


def database_attached(path: Path) -> str:
    """A path as a literal for `attach`."""
    return quoted(str(database_path(path)))


def database_path(path: Path) -> Path:
    """The full path of a database, as the engine opens it. Raises InputError for a path that the engine would look for elsewhere."""
    if "\\" in str(path.absolute()):
        raise InputError(
            found="a backslash in a path, which the database engine takes for a step into a folder",
            where=str(path.absolute()),
            expected="a database in folders without backslashes in their names",
            remedy="Rename the folder or the file, or copy the file elsewhere.",
        )
    return path.absolute()
