"""Which files a command line means: files, folders, patterns and list files."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from spectra_gui.cli.options import UsageError
from spectra_gui.session.folders import spectra_in


def expand(arguments: Iterable[str]) -> Iterator[str]:
    """Paths in the order in which they were given.

    A folder stands for the files in it and below it, sorted by name, but for hidden ones and for
    those whose ending is never a spectrum's. A pattern that the shell left alone stands for what
    it matches, and ``@FILE`` for the paths in it, one a line, relative to its folder. A path that
    does not exist stands for itself: reading it fails.

    Raises
    ------
    UsageError
        For a list file that cannot be read, and for a folder or pattern without files.
    """
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            yield from _found(argument, map(str, spectra_in(path)))
        elif path.exists() or not argument.startswith("@"):
            is_pattern = not path.exists() and glob.has_magic(argument)
            yield from _found(argument, _matches(argument)) if is_pattern else [argument]
        else:
            yield from expand(_listed(Path(argument[1:])))


def _found(argument: str, paths: Iterator[str]) -> Iterator[str]:
    empty = True
    for path in paths:
        empty = False
        yield path
    if empty:
        raise UsageError(f"{argument} holds no files")


def _matches(pattern: str) -> Iterator[str]:
    for path in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute ones too
        if not Path(path).is_dir():
            yield path


def _listed(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as error:
        raise UsageError(f"the list {file} cannot be read: {error.strerror}") from error
    names = [line.strip() for line in lines]
    return [str(file.parent / name) for name in names if name and not name.startswith("#")]
