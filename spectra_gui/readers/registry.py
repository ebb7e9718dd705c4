"""The families' modules, imported when a file is first read, tried in the order of the listing."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Protocol, cast

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.listing import formats
from spectra_gui.readers.probe import Probe


class Family(Protocol):
    """What a family's module offers; ``TAKES`` are the fields of an override that only some
    families understand (``hdu``, ``columns``, ``skip_rows``) and this one does."""

    NAME: str
    TAKES: frozenset[str]

    def sniff(self, probe: Probe) -> bool:
        """Whether the content is of this family; looks at headers only."""

    def read(self, probe: Probe, override: Override) -> Found:
        """The spectra of the file."""


@cache
def families() -> tuple[Family, ...]:
    """All families, in the order in which they are tried."""
    return tuple(
        cast(
            Family,
            import_module(f"spectra_gui.readers.families.{info.name.replace('-', '_')}"),
        )
        for info in formats()
    )
