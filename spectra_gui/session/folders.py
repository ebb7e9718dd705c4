"""Which files of a folder may be spectra, judged by their names alone.

A file that a person names is always tried, whatever it is called. Knows no reader.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from spectra_gui import assets

_PACKED_FOLDERS: Final = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz")
_PASSED_OVER: Final = frozenset(
    ".md .rst .html .htm .py .ipynb .toml .yaml .yml .ini .cfg .log .tex .bib .sh .bat .pdf .png "
    ".jpg .jpeg .gif .svg .tif .tiff .ico .doc .docx .xls .xlsx .ppt .pptx .zip .tar .whl .so .dll "
    ".exe .pyc .sha256 .md5 .lock .part .journal".split()
).union(_PACKED_FOLDERS)
"""Endings that are never spectra; everything else is judged by its content."""


def spectra_in(folder: Path) -> Iterator[Path]:
    """Files in a folder and below it that may be spectra, sorted by name.

    Hidden ones, readme files and the table that describes the example spectra are passed over.
    """
    return (path for path, may_be in files_in(folder) if may_be)


def files_in(
    folder: Path, on_error: Callable[[OSError], object] | None = None
) -> Iterator[tuple[Path, bool]]:
    """All files in a folder and below it that are not hidden, and whether each may be spectra.

    ``on_error`` is told of folders that cannot be looked into; the others are gone through.
    """
    for where, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(where, name)
                yield path, not _is_passed_over(path)


def ending(path: Path) -> str:
    """What the name of a file ends in, by which it is passed over; ``.tar.gz`` is one ending."""
    name = path.name.casefold()
    return next((end for end in _PACKED_FOLDERS if name.endswith(end)), path.suffix.casefold())


def _is_passed_over(path: Path) -> bool:
    name = path.name
    return (
        name.casefold().startswith("readme")
        or name == assets.EXAMPLES_TABLE
        or ending(path) in (*_PASSED_OVER, *_PACKED_FOLDERS)
    )
