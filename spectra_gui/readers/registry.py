"""The families' modules, imported when a file is first read: plug-ins, then in listed order."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Protocol, cast

from spectra_gui.data import Override
from spectra_gui.readers.found import Found
from spectra_gui.readers.listing import built_in_formats
from spectra_gui.readers.plugins import load_plugins
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
    built_in = [
        cast(
            Family,
            import_module(f"spectra_gui.readers.families.{info.name.replace('-', '_')}"),
        )
        for info in built_in_formats()
    ]
    taken = {family.NAME for family in built_in}
    added = [plugin for plugin in load_plugins() if plugin.NAME not in taken]
    return (*added, *built_in)
