"""Which files a command line means: files, folders, patterns and list files."""

from __future__ import annotations

import glob
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spectra_gui.cli.options import UsageError
from spectra_gui.readers import Caps
from spectra_gui.session.folders import spectra_in

STANDARD_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, and what it is called in the table."""

    path: str
    shown: str


def wanted_files(
    arguments: Sequence[str], list_file: str | None, *, on_empty: Callable[[str], None]
) -> list[str]:
    """The paths that the arguments mean, and those of the list; see `expand`.

    Raises
    ------
    UsageError
        As `expand` does; where nothing is named, where no folder and pattern that is named holds
        a file, and where standard input is to be two things.
    """
    empty: list[str] = []
    files = list(_wanted(arguments, list_file, empty.append))
    if empty and not files:
        verb = "holds" if len(empty) == 1 else "hold"
        raise UsageError(f"{', '.join(empty)} {verb} no files")
    for name in empty:
        on_empty(name)
    return files


def _wanted(
    arguments: Sequence[str], list_file: str | None, on_empty: Callable[[str], None]
) -> Iterator[str]:
    if not arguments and list_file is None:
        raise UsageError("name a FILE, a folder or a --list of files")
    if STANDARD_INPUT in arguments and list_file == STANDARD_INPUT:
        raise UsageError("standard input is either a spectrum (-) or a list (--list -)")
    yield from expand(arguments, on_empty=on_empty)
    if list_file == STANDARD_INPUT:
        yield from expand(_paths_in(sys.stdin.buffer.read(), Path()), on_empty=on_empty)
    elif list_file is not None:
        yield from expand(_listed(Path(list_file)), on_empty=on_empty)


@contextmanager
def taken_from_input(files: Sequence[str]) -> Iterator[list[InputFile]]:
    """The files with what stands for standard input written to a file, which goes at the end."""
    if STANDARD_INPUT not in files:
        yield [InputFile(path, path) for path in files]
        return
    with tempfile.TemporaryDirectory(prefix="spectra-") as folder:
        kept = Path(folder) / "standard-input"
        with kept.open("wb") as stream:
            # What is cut off is beyond what is read of one file, and declined as such.
            stream.write(sys.stdin.buffer.read(Caps().bytes + 1))
        yield [InputFile(str(kept) if path == STANDARD_INPUT else path, path) for path in files]


def stamp_of(path: str) -> tuple[int, int] | None:
    """Size and time of the last change (ns), by which a changed file is noticed."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def expand(arguments: Iterable[str], *, on_empty: Callable[[str], None]) -> Iterator[str]:
    """Paths in the order in which they were given.

    A folder stands for the files in it and below it, sorted by name, but for hidden ones and for
    those whose ending is never a spectrum's. A pattern that the shell left alone stands for what
    it matches, and ``@FILE`` for the paths in it, one a line, relative to its folder. A path that
    does not exist stands for itself: reading it fails. ``on_empty`` is told of a folder or
    pattern without files.

    Raises
    ------
    UsageError
        For a list file that cannot be read.
    """
    for argument in arguments:
        path = Path(argument)
        if argument == STANDARD_INPUT:
            yield argument
        elif path.is_dir():
            yield from _found(argument, map(str, spectra_in(path)), on_empty)
        elif path.exists() or not argument.startswith("@"):
            is_pattern = not path.exists() and glob.has_magic(argument)
            matches = _found(argument, _matches(argument), on_empty)
            yield from matches if is_pattern else [argument]
        else:
            yield from expand(_listed(Path(argument[1:])), on_empty=on_empty)


def _found(argument: str, paths: Iterator[str], on_empty: Callable[[str], None]) -> Iterator[str]:
    empty = True
    for path in paths:
        empty = False
        yield path
    if empty:
        on_empty(argument)


def _matches(pattern: str) -> Iterator[str]:
    for path in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute ones too
        if not Path(path).is_dir():
            yield path


def _listed(file: Path) -> list[str]:
    try:
        return _paths_in(file.read_bytes(), file.parent)
    except OSError as error:
        raise UsageError(f"the list {file} cannot be read: {error.strerror}") from error


def _paths_in(content: bytes, folder: Path) -> list[str]:
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    names = [line.strip() for line in lines]
    return [str(folder / name) for name in names if name and not name.startswith("#")]
