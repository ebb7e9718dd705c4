"""Rows on disk as they are ready, so that a run that is killed leaves what it had done.

The journal lies beside the table (``table.csv.journal``): one JSON object a line, the row's
place and the row. It is turned into the table at the end and removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from spectra_gui.session.table import TableRow

SUFFIX: Final = ".journal"


class Journal:
    """Appends rows to the journal of the table ``out``; a journal that lies there is set aside.

    Raises
    ------
    OSError
        Where the folder does not exist or the disk refuses.
    """

    def __init__(self, out: Path) -> None:
        self.path = out.with_name(out.name + SUFFIX)
        self.set_aside = _set_aside(self.path)
        self._stream = self.path.open("x", encoding="utf-8")

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    def add(self, place: tuple[int, int], row: TableRow) -> None:
        """Write a row; ``place`` is (number of the file, number of the spectrum in it)."""
        json.dump([*place, row], self._stream, allow_nan=False)
        self._stream.write("\n")
        self._stream.flush()

    def rows(self) -> list[TableRow]:
        """The rows so far, in the order of the files."""
        placed = sorted(read_journal(self.path), key=lambda entry: entry[:2])
        return [row for _, _, row in placed]

    def remove(self) -> None:
        """Delete the journal, once its table stands."""
        self._stream.close()
        self.path.unlink(missing_ok=True)


def read_journal(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(file number, spectrum number, row) of each whole line; a torn last line is left out."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if not line.endswith("\n"):
                return
            file_number, index, row = json.loads(line)
            yield int(file_number), int(index), row


def _set_aside(path: Path) -> Path | None:
    """Move an earlier run's journal out of the way; None where there is none."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    path.rename(kept)
    return kept
