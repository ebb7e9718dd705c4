"""The user's mappings: how tables of a shape are read, each under a name, in one TOML file.

Lies beside the settings file. Every change reads the file anew, alone with it, so that window and
command line do not undo each other's. Nothing in the file is ever lost silently: what cannot be
understood is told, and kept: an entry in its place, a whole file beside the new one. Comments, and
what somebody wrote into an entry beyond what belongs there, go with the next change. Knows no
reader.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, overload

from spectra_gui import assets
from spectra_gui.data import ANY_SHAPE, FileMapping, Override
from spectra_gui.settings.disk import set_aside, write_in_one_step
from spectra_gui.settings.locks import alone_with
from spectra_gui.settings.toml import write_toml

VERSION: Final = 1
LONGEST_NAME: Final = 60

_MAPPINGS: Final = "mappings"
_NUMBERS: Final = frozenset({"velocity_kms", "fwhm_aa"})


class MappingError(Exception):
    """A mapping that cannot be had or kept; the message is a sentence for a person."""


class MappingsWriteError(MappingError):
    """The disk, or another program that is at it, keeps the mappings from being changed."""


class Mappings(Sequence[FileMapping]):
    """The mappings of a file in the order in which they were made.

    ``problems`` tells what in the file could not be understood, a sentence for each point.
    """

    def __init__(
        self,
        entries: Sequence[FileMapping] = (),
        *,
        path: Path | None = None,
        problems: tuple[str, ...] = (),
        unread: Mapping[str, Any] | None = None,
        broken: bool = False,
    ) -> None:
        self.path = path or mappings_path()
        self.problems = problems
        self._entries = tuple(entries)
        self._unread = dict(unread or {})
        self._broken = broken

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[FileMapping]:
        return iter(self._entries)

    @overload
    def __getitem__(self, index: int) -> FileMapping: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileMapping]: ...
    def __getitem__(self, index: int | slice) -> FileMapping | Sequence[FileMapping]:
        return self._entries[index]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(mapping.name for mapping in self._entries)

    def named(self, name: str) -> FileMapping:
        """The mapping of that name; raises `MappingError` with the names that there are."""
        found = next((mapping for mapping in self._entries if mapping.name == name), None)
        if found is None:
            there = f"There are: {', '.join(self.names)}." if self._entries else "There is none."
            raise MappingError(f"There is no mapping {name!r}. {there}")
        return found

    def alike(self, mapping: FileMapping) -> tuple[FileMapping, ...]:
        """The other mappings for files of its shape, in the order in which they were made."""
        return tuple(m for m in self if m.shape == mapping.shape and m.name != mapping.name)

    def used_instead_of(self, mapping: FileMapping) -> FileMapping | None:
        """The newer mapping that files of its shape are read by, None where it is used itself."""
        newest = next(m for m in reversed(self._entries) if m.shape == mapping.shape)
        return None if newest.name == mapping.name else newest

    def asked_for(self, name: str) -> FileMapping:
        """The mapping of that name, to be used for every file; raises as `named` does."""
        return replace(self.named(name), shape=ANY_SHAPE)

    def _saved(self, entries: Sequence[FileMapping]) -> Mappings:
        """Write other entries in place of these."""
        tables = {mapping.name: _to_table(mapping) for mapping in entries}
        text = write_toml({"version": VERSION, _MAPPINGS: {**self._unread, **tables}})
        if self._broken and self.path.exists():
            set_aside(self.path)
        write_in_one_step(self.path, text)
        return Mappings(entries, path=self.path, unread=self._unread)

    def _check_name(self, name: str) -> str:
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise MappingError(f"A mapping needs a name of 1 to {LONGEST_NAME} letters.")
        if name in self.names or name in self._unread:
            raise MappingError(f"There is a mapping {name!r} already; choose another name.")
        return name


def mappings_path() -> Path:
    """Where this user's mappings lie, whether there are any or not."""
    return assets.user_config_folder() / "mappings.toml"


def load_mappings(path: Path | None = None) -> Mappings:
    """The mappings of a file; none where it is absent, or cannot be read, which is told."""
    where = mappings_path() if path is None else path
    try:
        values = tomllib.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Mappings(path=where)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        return _broken(where, str(error))
    version, tables = values.get("version", VERSION), values.get(_MAPPINGS, {})
    if version != VERSION or not isinstance(tables, dict):
        return _broken(where, "it was written by another version of the program")
    entries, unread, problems = [], {}, []
    for name, table in tables.items():
        try:
            entries.append(_from_table(name, table))
        except ValueError as error:
            unread[name] = table
            problems.append(f"In {where}: the mapping {name!r} is not used ({error}).")
    return Mappings(entries, path=where, problems=tuple(problems), unread=unread)


def add_mapping(
    mapping: FileMapping, *, replaces: bool = False, path: Path | None = None
) -> Mappings:
    """Keep a mapping, as the last; ``replaces`` puts it in the place of one of the same name.

    Raises
    ------
    MappingError
        Where the name is taken or is none, where the mapping has no shape by which files could
        be known again, and where the disk refuses.
    """
    if mapping.shape == ANY_SHAPE:
        raise MappingError("A mapping is kept for files of one shape, and this one has none.")
    with _changing(path) as now:
        name = mapping.name.strip()
        others = [kept for kept in now if not (replaces and kept.name == name)]
        Mappings(others, path=now.path, unread=now._unread)._check_name(name)
        return now._saved([*others, replace(mapping, name=name)])


def rename_mapping(old: str, new: str, *, path: Path | None = None) -> Mappings:
    """Give a mapping another name; raises `MappingError`."""
    with _changing(path) as now:
        wanted = now.named(old)
        name = now._check_name(new) if new.strip() != old else old
        return now._saved([replace(m, name=name) if m is wanted else m for m in now])


def delete_mapping(name: str, *, path: Path | None = None) -> Mappings:
    """Forget a mapping; raises `MappingError` where there is none of that name."""
    with _changing(path) as now:
        gone = now.named(name)
        return now._saved([mapping for mapping in now if mapping is not gone])


@contextmanager
def _changing(path: Path | None) -> Iterator[Mappings]:
    """The mappings as they are now, which nobody else changes before this is done."""
    where = mappings_path() if path is None else path
    try:
        with alone_with(where):
            yield load_mappings(where)
    except OSError as error:
        raise MappingsWriteError(f"The mappings cannot be kept in {where} ({error}).") from error


def _broken(path: Path, why: str) -> Mappings:
    problem = (
        f"The mappings in {path} cannot be read ({why}); none is used. The file stays: it is "
        "renamed before another mapping is kept."
    )
    return Mappings(path=path, problems=(problem,), broken=True)


def _to_table(mapping: FileMapping) -> dict[str, Any]:
    return {
        "shape": mapping.shape,
        "looks": mapping.looks,
        "example": mapping.example,
        "override": mapping.override.to_dict(),
    }


def _from_table(name: str, table: Any) -> FileMapping:
    """Raises ``ValueError`` where the table is no mapping of this version."""
    if not isinstance(table, dict) or not isinstance(table.get("override"), dict):
        raise ValueError("it does not say how to read a file")
    shape = table.get("shape")
    if not isinstance(shape, str) or shape == ANY_SHAPE:
        raise ValueError("it does not say for which files it is")
    for key, value in table["override"].items():
        if not _fits(key, value):
            raise ValueError(f"{key} = {value!r} is not allowed")
    override = Override.from_dict(table["override"])
    return FileMapping(
        name, shape, override, str(table.get("looks", "")), str(table.get("example", ""))
    )


def _fits(key: str, value: Any) -> bool:
    """Whether a value has the kind of that field of `Override`."""
    if key == "columns":
        return isinstance(value, list) and all(isinstance(name, str) for name in value)
    if key == "rows":
        return isinstance(value, list) and all(type(row) is int for row in value)
    if key == "skip_rows":
        return type(value) is int
    if key in _NUMBERS:
        return type(value) in (int, float)
    return isinstance(value, str)
