"""How an unknown kind of table is read, under a name; and the first look that it is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spectra_gui.data.reading import Decision, Override

SUBJECT: Final = "Mapping"
"""The subject of the decision that tells which mapping a file was read by."""

ANY_SHAPE: Final = ""
"""The shape of a mapping that a person asked for by name: it holds for every file."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """What a person said once about files of one shape.

    ``shape`` is the fingerprint that such files share and ``looks`` says it in words; ``example``
    is the name of the file that it was made from.
    """

    name: str
    shape: str
    override: Override
    looks: str = ""
    example: str = ""

    def under(self, own: Override) -> Override:
        """What holds for a file of which a person says ``own``: theirs wins, point by point.

        Who chooses another table chooses its columns too, and who chooses the columns says what
        the uncertainty is.
        """
        said = self.override.to_dict()
        if own.hdu is not None:
            said.pop("columns", None)
        if own.hdu is not None or own.columns is not None:
            said.pop("uncertainty", None)
        return Override.from_dict({**said, **own.to_dict()})


@dataclass(frozen=True, slots=True)
class TableHead:
    """The first rows of one table of a file.

    ``key`` is what `Override.hdu` takes, "" where there is nothing to choose; ``columns`` and
    ``units`` have one text a column ("" where it has none), ``rows`` one cell a column.
    ``title`` names it for a person. A table without columns is an image of one dimension.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()

    def column_key(self, index: int) -> str:
        """What `Override.columns` takes for a column: its name, or its number where that is not
        enough to tell it from the others."""
        name = self.columns[index].strip()
        alike = [other.strip().lower() for other in self.columns].count(name.lower())
        return name if name and alike == 1 and not name.isdigit() else str(index)


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file holds that columns can be chosen from.

    ``kind`` is its container (``text fits ecsv votable hdf5 npz npy asdf``), ``lines`` the first
    lines of a text. ``shape`` is "" where the file has no table that could be known again.
    """

    path: str
    kind: str
    tables: tuple[TableHead, ...]
    lines: tuple[str, ...] = ()
    shape: str = ""
    looks: str = ""


def mapping_in(decisions: Iterable[Decision]) -> Decision | None:
    """The decision that names the mapping which a file was read by, or None."""
    return next((decision for decision in decisions if decision.subject == SUBJECT), None)
