"""What a person says of a file in the dialog so far, and the `Override` that it makes. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from spectra_gui.data import Override, Reading, TableHead

Role = Literal["wavelength", "flux", "uncertainty"]
ROLES: Final[tuple[Role, ...]] = ("wavelength", "flux", "uncertainty")

_OF_ONE_STAR: Final = ("velocity_kms", "rows")
"""What a person may have said of a file and does not hold for others like it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The roles of a table's columns, by number, above what else is said of the file.

    ``said`` holds unit, medium, frame, lines to skip, and what the dialog does not ask for.
    ``key`` names the table where there are several. Until a role ``is_chosen``, the reader takes
    the columns that it would take by itself, and the roles only show them.
    """

    said: Override = field(default_factory=Override)
    table: TableHead | None = None
    key: str = ""
    wavelength: int | None = None
    flux: int | None = None
    uncertainty: int | None = None
    is_chosen: bool = False

    def role_of(self, column: int) -> Role | None:
        return next((role for role in ROLES if getattr(self, role) == column), None)

    def with_role(self, column: int, role: Role | None) -> Draft:
        """A column has this role, and no other column has it any more."""
        values: dict[str, int | None] = {
            name: None if getattr(self, name) == column else getattr(self, name) for name in ROLES
        }
        if role is not None:
            values[role] = column
        return replace(self, **values, is_chosen=True)  # type: ignore[arg-type]

    def with_said(self, name: str, value: str | int | None) -> Draft:
        """One field of the override; None leaves it to the reader."""
        return replace(self, said=replace(self.said, **{name: value}))  # type: ignore[arg-type]

    def with_table(self, table: TableHead | None, key: str) -> Draft:
        """Another table, of which nothing is chosen yet; or the same one, read anew."""
        same = (
            table is not None
            and self.table is not None
            and (key, table.columns) == (self.key, self.table.columns)
        )
        if same:
            return replace(self, table=table)
        fresh = replace(self.said, columns=None, uncertainty=None)
        return Draft(replace(fresh, rows=None) if key != self.key else fresh, table, key)

    @property
    def missing(self) -> str:
        """What is still to be chosen, as a sentence; "" where nothing is."""
        if not self.is_chosen or (self.wavelength is not None and self.flux is not None):
            return ""
        if self.wavelength is None and self.flux is None:
            return "Choose the column of the wavelengths and that of the flux."
        what = "the wavelengths" if self.wavelength is None else "the flux"
        return f"Choose the column of {what}."

    @property
    def override(self) -> Override:
        """How the file would be read."""
        override = replace(self.said, hdu=self.key or self.said.hdu)
        if self.table is None or not self.is_chosen:
            return override
        chosen = [self.wavelength, self.flux, self.uncertainty]
        columns = tuple(self.table.column_key(i) for i in chosen if i is not None)
        kind = override.uncertainty if self.uncertainty is not None else None
        return replace(override, columns=columns or None, uncertainty=kind)

    @property
    def for_others(self) -> Override:
        """What holds for files like this one, too."""
        return replace(self.override, **dict.fromkeys(_OF_ONE_STAR))


def as_others(chosen: Override, own: Override) -> Override:
    """How another file is read like one that was chosen for; what is of its star stays its own."""
    return replace(chosen, **{name: getattr(own, name) for name in _OF_ONE_STAR})


def begin(said: Override, table: TableHead | None, key: str) -> Draft:
    """The draft of a file of which a person, or a mapping, has said something."""
    names = said.columns
    draft = Draft(replace(said, columns=None), table, key)
    if table is None or not names:
        return draft
    places = [_place(table, name) for name in names]
    if None in places:
        return draft
    found = dict(zip(ROLES, places, strict=False))
    return replace(draft, **found, is_chosen=True)  # type: ignore[arg-type]


def showing(draft: Draft, reading: Reading) -> Draft:
    """The draft with the columns that the reader took, where nobody has chosen any."""
    if draft.is_chosen or draft.table is None:
        return draft
    told = next((d.value for d in reading.decisions if d.subject == "Columns"), "")
    places = _places(draft.table, told)
    return replace(draft, **dict(zip(ROLES, places, strict=False)))  # type: ignore[arg-type]


def _places(table: TableHead, told: str) -> list[int]:
    """The columns that a list of names tells, of which each may have commas in it."""
    places: list[int] = []
    words = told.split(", ") if told else []
    while words and len(places) < len(ROLES):
        for n in range(1, len(words) + 1):
            place = _place(table, ", ".join(words[:n]))
            if place is not None:
                places.append(place)
                words = words[n:]
                break
        else:
            return []
    return places if len(places) >= 2 else []


def _place(table: TableHead, name: str) -> int | None:
    lower = [column.strip().lower() for column in table.columns]
    if name.strip().lower() in lower:
        return lower.index(name.strip().lower())
    if name.strip().isdecimal() and int(name) < len(lower):
        return int(name)
    return None
