"""What a drop or a paste holds: paths of files on this machine, and what else there was.

Opens nothing and fetches nothing: the program never uses the network.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

_SHOWN: Final = 80
_MOST_LINES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Dropped:
    """``problem`` is a sentence for a person on what is no file here, "" where all is."""

    paths: tuple[str, ...]
    problem: str = ""


def read_dropped(mime: QMimeData) -> Dropped:
    """The local files among the addresses, else those that a text names, one a line."""
    urls = mime.urls()
    paths = tuple(_path(url) for url in urls if url.toLocalFile())
    elsewhere = [url for url in urls if not url.toLocalFile()]
    if elsewhere:
        return Dropped(paths, _elsewhere_text(elsewhere))
    if paths:
        return Dropped(paths)
    lines = [line.strip() for line in mime.text().splitlines()[:_MOST_LINES] if line.strip()]
    if lines and all(Path(line).is_absolute() for line in lines):
        return Dropped(tuple(lines))
    return Dropped(
        (),
        "What was dropped is no file. Drop files or folders, or save it to a file and drop that.",
    )


def _path(url: QUrl) -> str:
    """The file of an address; where its name is no UTF-8, byte by byte as it stands there."""
    path = url.toLocalFile()
    if os.name != "posix" or url.host() or os.path.lexists(path):
        return path
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))


def _elsewhere_text(urls: list[QUrl]) -> str:
    first = urls[0].toDisplayString()
    first = first if len(first) <= _SHOWN else f"{first[:_SHOWN]}…"
    more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
    verb = "is" if len(urls) == 1 else "are"
    return (
        f"{first}{more} {verb} not on this machine, and nothing is fetched from the network. "
        "Download the spectra and drop the files."
    )
