"""Which files a command line means: files, folders, patterns and list files."""

from __future__ import annotations

import glob
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from spectra_gui.cli.options import UsageError
from spectra_gui.readers import Caps
from spectra_gui.session.folders import ending, files_in

STANDARD_INPUT: Final = "-"
_ENDINGS_TOLD: Final = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for files tells, besides the files.

    ``empty`` are folders and patterns without files. ``passed_over`` counts by their endings what
    folders hold and is never a spectrum.
    """

    empty: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def passed_over_text(self) -> str:
        """For a person, "" where nothing was passed over."""
        n = self.passed_over.total()
        kinds = [kind for kind, _ in self.passed_over.most_common() if kind]
        told = ", ".join(kinds[:_ENDINGS_TOLD]) + (" …" if len(kinds) > _ENDINGS_TOLD else "")
        what = f"{n} file{'' if n == 1 else 's'}" + (f" ({told})" if told else "")
        text = f"Passed over in folders, as never spectra by name: {what}. A file that is named "
        return f"{text}itself is always tried." if n else ""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, and what it is called in the table."""

    path: str
    shown: str


def wanted_files(arguments: Sequence[str], list_file: str | None, found: Found) -> list[str]:
    """The paths that the arguments mean, and those of the list; see `expand`.

    ``found`` is filled.

    Raises
    ------
    UsageError
        As `expand` does; where nothing is named, where no folder and pattern that is named holds
        a file, and where standard input is to be two things.
    """
    files = list(_wanted(arguments, list_file, found))
    if found.empty and not files:
        verb = "holds" if len(found.empty) == 1 else "hold"
        text = f"{', '.join(found.empty)} {verb} no files that may be spectra"
        raise UsageError(f"{text}. {found.passed_over_text}".removesuffix(". "))
    return files


def _wanted(arguments: Sequence[str], list_file: str | None, found: Found) -> Iterator[str]:
    if not arguments and list_file is None:
        raise UsageError("name a FILE, a folder or a --list of files")
    if STANDARD_INPUT in arguments and list_file == STANDARD_INPUT:
        raise UsageError("standard input is either a spectrum (-) or a list (--list -)")
    yield from expand(arguments, found)
    if list_file == STANDARD_INPUT:
        yield from expand(_paths_in(sys.stdin.buffer.read(), Path()), found)
    elif list_file is not None:
        yield from expand(_listed(Path(list_file)), found)


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


def expand(arguments: Iterable[str], found: Found) -> Iterator[str]:
    """Paths in the order in which they were given.

    A folder stands for the files in it and below it, sorted by name, but for hidden ones and for
    those whose ending is never a spectrum's. A pattern that the shell left alone stands for what
    it matches, and ``@FILE`` for the paths in it, one a line, relative to its folder. A path that
    does not exist stands for itself: reading it fails. ``found`` is told of the rest.

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
            yield from _or_empty(argument, _in_folder(path, found), found)
        elif path.exists() or not argument.startswith("@"):
            is_pattern = not path.exists() and glob.has_magic(argument)
            matches = _or_empty(argument, _matches(argument), found)
            yield from matches if is_pattern else [argument]
        else:
            yield from expand(_listed(Path(argument[1:])), found)


def _in_folder(folder: Path, found: Found) -> Iterator[str]:
    for path, may_be in files_in(folder):
        if may_be:
            yield str(path)
        else:
            found.passed_over[ending(path)] += 1


def _or_empty(argument: str, paths: Iterator[str], found: Found) -> Iterator[str]:
    is_empty = True
    for path in paths:
        is_empty = False
        yield path
    if is_empty:
        found.empty.append(argument)


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
    return [_listed_path(folder, n) for n in names if n and not n.startswith("#")]


def _listed_path(folder: Path, name: str) -> str:
    """The path that a line names; quotes around it are the writer's, as of names with spaces."""
    path = folder / name
    is_quoted = len(name) > 2 and name[0] == name[-1] and name[0] in "\"'"
    return str(folder / name[1:-1] if is_quoted and stamp_of(str(path)) is None else path)
