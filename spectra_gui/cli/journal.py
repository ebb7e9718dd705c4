"""Rows on disk as they are ready, so that a run that is killed can be taken up where it ended.

The journal lies beside the table (``table.csv.journal``), one JSON list a line:

    ["journal", 2, {options}]             how the run was asked for; always first
    ["bundle", name, sha256]              what types; again after every restart
    ["file", number, path, stamp]         a file is begun; stamp is [bytes, mtime_ns] or null
    [number, index, {row}]                a row of the table
    ["part", number, first, end, total]   all rows from first to before end stand above
    ["again", number]                     the file changed: its rows above do not count

It is turned into the table at the end and removed. Memory: some bytes for each file and row.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from spectra_gui.session.table import TableRow

SUFFIX: Final = ".journal"
_VERSION: Final = 2

Stamp = tuple[int, int] | None
"""Size in bytes and time of the last change (ns) of a file; None where there is none."""


def journal_of(out: Path) -> Path:
    """Where the journal of a table lies."""
    return out.with_name(out.name + SUFFIX)


class JournalError(Exception):
    """A journal that cannot be taken up; the message is for a person."""


@dataclass(slots=True)
class Known:
    """What a journal says of one file: the rows before ``first`` stand, and those in ``done``."""

    number: int
    stamp: Stamp
    first: int = 0
    is_whole: bool = False
    done: set[int] = field(default_factory=set)
    parts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def close_part(self, first: int, end: int, total: int) -> None:
        """Note that all rows of a part stand; parts may come in any order."""
        self.parts[first] = (end, total)
        while self.first in self.parts:
            self.first, total = self.parts.pop(self.first)
            self.is_whole = self.first >= total
        self.done = {index for index in self.done if index >= self.first and not self.is_whole}


class Journal:
    """The journal of the table ``out``, begun or taken up.

    Parameters
    ----------
    out : the table to be
    options : how the run was asked for, as JSON holds it; rows of other options do not mix
    resume : take up the journal that lies there; without it, that one is set aside

    Raises
    ------
    JournalError
        Where it cannot be taken up: other options, or no journal of this program.
    OSError
        Where the folder does not exist or the disk refuses.
    """

    def __init__(self, out: Path, options: Mapping[str, Any], *, resume: bool = False) -> None:
        self.path = journal_of(out)
        self.set_aside: Path | None = None
        self.n_resumed_rows = 0
        self._bundle: tuple[str, str] | None = None
        self._earlier: dict[tuple[str, int], Known] = {}
        self._seen: Counter[str] = Counter()
        self._n_files = 0
        # Numbers of the files in the order of the table.
        self._order = array("q")
        # Of each row that counts: number of its file, its index, and where its line begins.
        self._rows = array("q")
        self.is_resumed = resume and self.path.exists()
        if self.is_resumed:
            end = self._take_up(dict(options))
            self._stream = self.path.open("r+b")
            # What a crash left of the last line is cut off.
            self._stream.truncate(end)
            self._stream.seek(end)
        else:
            self.set_aside = _set_aside(self.path)
            self._stream = self.path.open("x+b")
            self._write(["journal", _VERSION, dict(options)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        if error is not None and not self._rows and not self.is_resumed:
            self.path.unlink(missing_ok=True)

    def file(self, path: str, stamp: Stamp) -> tuple[Known, bool]:
        """What is known of the next file of the run, and whether it changed since.

        The files are asked for in the order of the table. A path that is named twice is two
        files.
        """
        known = None
        if self.is_resumed:
            known = self._earlier.pop((path, self._seen[path]), None)
            self._seen[path] += 1
        changed = known is not None and known.stamp != stamp
        if known is not None and changed:
            self._write(["again", known.number])
            self._forget_rows(known.number)
            known = Known(known.number, stamp)
        if known is None:
            known = Known(self._n_files, stamp)
            self._n_files += 1
        if changed or (not known.first and not known.done):
            self._write(["file", known.number, path, stamp])
        self._order.append(known.number)
        return known, changed

    def typed_by(self, name: str, sha256: str) -> None:
        """Note the bundle; raises `JournalError` where the rows so far are another's."""
        if self._bundle is None:
            self._bundle = (name, sha256)
            self._write(["bundle", name, sha256])
        elif self._bundle[1] != sha256:
            raise JournalError(
                f"The rows in {self.path} were typed by the bundle {self._bundle[0]} (SHA-256 "
                f"{self._bundle[1][:12]}), and this is {name} ({sha256[:12]}). Go on with that "
                "one (--bundle), or begin anew without --resume."
            )

    def add(self, number: int, index: int, row: TableRow) -> None:
        """Write the row of a file's spectrum."""
        self._rows.extend((number, index, self._stream.tell()))
        self._write([number, index, row])

    def close_part(self, number: int, first: int, end: int, total: int) -> None:
        """Note that all rows from ``first`` to before ``end`` were added."""
        self._write(["part", number, first, end, total])

    def rows(self) -> Rows:
        """The rows so far, in the order of the files; those of files not asked for come last."""
        return Rows(self.path, np.array(self._rows), np.array(self._order))

    def remove(self) -> None:
        """Delete the journal, once its table stands."""
        self._stream.close()
        self.path.unlink(missing_ok=True)

    def _write(self, entry: list[Any]) -> None:
        line = json.dumps(entry, allow_nan=False) + "\n"
        self._stream.write(line.encode("ascii"))
        self._stream.flush()

    def _take_up(self, options: dict[str, Any]) -> int:
        """Replay the journal; where its last whole line ends."""
        places: dict[int, tuple[str, int]] = {}
        named: Counter[str] = Counter()
        whole = 0
        for begin, end, entry in _entries(self.path):
            whole = end
            if begin == 0:
                self._check_head(entry, options)
            elif entry[0] == "bundle":
                self._bundle = (entry[1], entry[2])
            elif entry[0] == "file":
                _, number, path, stamp = entry
                if number not in places:
                    places[number] = (path, named[path])
                    named[path] += 1
                stamp = None if stamp is None else (stamp[0], stamp[1])
                self._earlier[places[number]] = Known(number, stamp)
            elif entry[0] == "part":
                self._earlier[places[entry[1]]].close_part(*entry[2:])
            elif entry[0] == "again":
                self._forget_rows(entry[1])
            else:
                self._rows.extend((entry[0], entry[1], begin))
                self._earlier[places[entry[0]]].done.add(entry[1])
        if not whole:
            raise JournalError(f"{self.path} is empty; remove it and begin anew.")
        self._n_files = 1 + max(places, default=-1)
        self.n_resumed_rows = len(self._rows) // 3
        return whole

    def _check_head(self, entry: list[Any], options: dict[str, Any]) -> None:
        if entry[:2] != ["journal", _VERSION]:
            raise JournalError(
                f"{self.path} is no journal that this version can go on with; begin anew without "
                "--resume."
            )
        before = entry[2]
        other = sorted(k for k in {*before, *options} if before.get(k) != options.get(k))
        if other:
            raise JournalError(
                f"The rows in {self.path} were made with other options ({', '.join(other)}); give "
                "the same ones, or begin anew without --resume."
            )

    def _forget_rows(self, number: int) -> None:
        rows = np.array(self._rows).reshape(-1, 3)
        self._rows = array("q", rows[rows[:, 0] != number].ravel().tolist())


class Rows:
    """The rows of a journal in their order, read from the disk one by one, as often as wished."""

    def __init__(self, path: Path, rows: np.ndarray[Any, Any], order: np.ndarray[Any, Any]) -> None:
        self._path = path
        table = rows.reshape(-1, 3)
        n_files = int(max(table[:, 0].max(initial=-1), order.max(initial=-1))) + 1
        rank = order.size + np.arange(n_files)
        rank[order] = np.arange(order.size)
        self._begins = table[np.lexsort((table[:, 1], rank[table[:, 0]])), 2]

    def __len__(self) -> int:
        return int(self._begins.size)

    def __iter__(self) -> Iterator[TableRow]:
        with self._path.open("rb") as stream:
            for begin in self._begins:
                stream.seek(int(begin))
                yield json.loads(stream.readline())[2]


def read_journal(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(file number, spectrum number, row) of each whole line; a torn last line is left out."""
    for _, _, entry in _entries(path):
        if isinstance(entry[0], int):
            yield entry[0], entry[1], entry[2]


def _entries(path: Path) -> Iterator[tuple[int, int, list[Any]]]:
    """Where each whole line begins and ends, and what it says.

    Raises `JournalError` for a whole line that says nothing.
    """
    begin = 0
    with path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if not isinstance(entry, list) or len(entry) < 2:
                raise JournalError(
                    f"{path} is damaged at byte {begin}; begin anew without --resume."
                )
            yield begin, begin + len(line), entry
            begin += len(line)


def _set_aside(path: Path) -> Path | None:
    """Move an earlier run's journal out of the way; None where there is none."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    path.rename(kept)
    return kept
