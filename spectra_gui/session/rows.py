"""The rows of the list: one spectrum each, with what was found and what a person said.

Knows the frozen values of `data` only; no Qt, no reader, no network.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

from spectra_gui.data import (
    Decision,
    Override,
    OverrideChoice,
    Prepared,
    ReadError,
    Reading,
    Spectrum,
    Verdict,
)

RowState = Literal["reading", "read", "typed", "unreadable"]

QUALITIES = (1, 2, 3, 4)
"""Grades a person may give a spectrum, best first."""


@dataclass(frozen=True, slots=True)
class ReadingInfo:
    """A `Reading` without its spectra: how the file was read and what may be overridden."""

    format: str
    reader: str
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()
    choices: tuple[OverrideChoice, ...] = ()

    @classmethod
    def of(cls, reading: Reading) -> ReadingInfo:
        return cls(
            reading.format, reading.reader, reading.decisions, reading.warnings, reading.choices
        )


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said about one spectrum.

    ``label`` is an MK string, None where none was given; ``quality`` 1 (best) to 4 or None.
    """

    label: str | None = None
    reviewed: bool = False
    quality: int | None = None
    comment: str = ""

    def __bool__(self) -> bool:
        """True where a person said anything at all."""
        return (
            self.label is not None
            or self.reviewed
            or self.quality is not None
            or self.comment != ""
        )

    def over(self, earlier: Review) -> Review:
        """This review with what it leaves unsaid taken from an earlier one."""
        return Review(
            earlier.label if self.label is None else self.label,
            self.reviewed or earlier.reviewed,
            earlier.quality if self.quality is None else self.quality,
            self.comment or earlier.comment,
        )

    def to_dict(self) -> dict[str, Any]:
        """Only what was said, ready for JSON."""
        values = {
            "label": self.label,
            "reviewed": self.reviewed or None,
            "quality": self.quality,
            "comment": self.comment or None,
        }
        return {key: value for key, value in values.items() if value is not None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Review:
        """The inverse of `to_dict`; raises ``ValueError`` or ``TypeError`` on other values."""
        review = cls(**values)
        if not (
            (review.label is None or isinstance(review.label, str))
            and isinstance(review.reviewed, bool)
            and (review.quality is None or review.quality in QUALITIES)
            and isinstance(review.comment, str)
        ):
            raise ValueError(f"not a review: {dict(values)}")
        return review


@dataclass(frozen=True, slots=True)
class SetAside:
    """A review that is not attached, because it was made on a file with another content.

    ``file_sha256`` is the content that it was made on. ``confirmed`` is False until the file that
    stands there now has been hashed: until then nobody knows whether the review belongs to it.
    """

    review: Review
    file_sha256: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One spectrum of one file.

    Attributes
    ----------
    id : stable while the document lives, never reused
    path : absolute path of the file
    index : place of the spectrum among those of its file, from 0
    whole_file : True until the file was read: the row then stands for all that the file holds
    spectrum, prepared : None where not read or typed yet, or let go to save memory
    revision : grows whenever the spectrum or the way it is read changes; an answer for another
        revision is stale
    file_sha256 : content of the file, "" until it was hashed
    label, reviewed, quality, comment : see `Review`
    asides : reviews of other contents of the file, not attached, the latest first
    object_number : which of the objects of its file, where it has several spectra of one
    row_number : what it is called by once it was read, see `data.number_in_file`
    """

    id: int
    path: str
    index: int = 0
    whole_file: bool = True
    state: RowState = "reading"
    name: str = ""
    reading_info: ReadingInfo | None = None
    spectrum: Spectrum | None = None
    prepared: Prepared | None = None
    verdict: Verdict | None = None
    snr: float | None = None
    error: ReadError | None = None
    problem: str = ""
    label: str | None = None
    reviewed: bool = False
    quality: int | None = None
    comment: str = ""
    override: Override = field(default_factory=Override)
    revision: int = 0
    file_sha256: str = ""
    asides: tuple[SetAside, ...] = ()
    object_number: int | None = None
    row_number: int | None = None

    @property
    def number(self) -> int:
        """By what number the spectrum is called, here and in tables."""
        return self.index if self.row_number is None else self.row_number

    @property
    def set_aside(self) -> SetAside | None:
        """The latest review that is not attached."""
        return self.asides[0] if self.asides else None

    @property
    def review(self) -> Review:
        return Review(self.label, self.reviewed, self.quality, self.comment)

    @property
    def title(self) -> str:
        """The star's name, else the file's; numbered where a file holds several."""
        name = self.name or os.path.basename(self.path)  # noqa: PTH119 - asked ten thousand times
        return name if name.isprintable() else _in_one_line(name)

    @property
    def answer(self) -> str:
        """The type that stands: a person's, else the verdict's, else ""."""
        if self.label is not None:
            return self.label
        if self.verdict is None or self.verdict.state == "refuse":
            return ""
        return self.verdict.type

    def changed(self, **values: Any) -> Row:
        """The row with other values; as ``replace`` of the standard library, in half the time."""
        row = object.__new__(Row)
        for get, put in _FIELDS:
            put(row, get(self))
        for name, value in values.items():
            object.__setattr__(row, name, value)
        return row

    def reviewed_as(self, review: Review) -> Row:
        return self.changed(
            label=review.label,
            reviewed=review.reviewed,
            quality=review.quality,
            comment=review.comment,
        )

    def on_content(self, sha256: str) -> tuple[Row, SetAside | None]:
        """The row on a file of this content, and what of `asides` was attached to it.

        A review made on this content attaches, beneath one that was given before the content
        was known; reviews made on another content stay aside.
        """
        row, asides = self, self.asides
        if row.review and row.file_sha256 not in ("", sha256):
            asides = (SetAside(row.review, row.file_sha256), *asides)
            row = row.reviewed_as(Review())
        attached = next((aside for aside in asides if aside.file_sha256 == sha256), None)
        if attached is not None:
            row = row.reviewed_as(row.review.over(attached.review))
        apart = tuple(replace(one, confirmed=True) for one in asides if one is not attached)
        return row.changed(file_sha256=sha256, asides=apart), attached


_FIELDS: Final = [(slot.__get__, slot.__set__) for slot in (vars(Row)[f.name] for f in fields(Row))]
"""What reads and what writes each field of a row: ten thousand are changed while a person waits."""


def _in_one_line(name: str) -> str:
    """A name without line breaks, control characters and bytes that are no text."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)


class RowList:
    """Rows in the order of the list, found by id or by file. Publishes nothing."""

    def __init__(self) -> None:
        self._order: list[int] = []
        self._by_id: dict[int, Row] = {}
        self._by_path: dict[str, list[int]] = {}
        self._next_id = 1

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Row]:
        return (self._by_id[row_id] for row_id in self._order)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._by_id

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(self._order)

    def get(self, row_id: int) -> Row | None:
        return self._by_id.get(row_id)

    def __getitem__(self, row_id: int) -> Row:
        return self._by_id[row_id]

    def of_path(self, path: str) -> list[Row]:
        """The rows of one file, in the order of their index."""
        rows = [self._by_id[row_id] for row_id in self._by_path.get(path, ())]
        return sorted(rows, key=lambda row: row.index)

    def has_path(self, path: str) -> bool:
        return path in self._by_path

    def position(self, row_id: int) -> int:
        return self._order.index(row_id)

    def new_id(self) -> int:
        row_id = self._next_id
        self._next_id += 1
        return row_id

    def insert(self, position: int, rows: Iterable[Row]) -> None:
        """Put rows in before the one that now stands at ``position``."""
        new = list(rows)
        self._order[position:position] = [row.id for row in new]
        for row in new:
            self._by_id[row.id] = row
            self._by_path.setdefault(row.path, []).append(row.id)

    def append(self, rows: Iterable[Row]) -> None:
        self.insert(len(self._order), rows)

    def remove(self, row_ids: Iterable[int]) -> list[tuple[int, Row]]:
        """Take rows out; returns each with the position it had, first position first."""
        gone = {row_id for row_id in row_ids if row_id in self._by_id}
        taken = [(i, self._by_id[r]) for i, r in enumerate(self._order) if r in gone]
        self._order = [row_id for row_id in self._order if row_id not in gone]
        for path in {row.path for _, row in taken}:
            left = [row_id for row_id in self._by_path[path] if row_id not in gone]
            if left:
                self._by_path[path] = left
            else:
                del self._by_path[path]
        for row_id in gone:
            del self._by_id[row_id]
        return taken

    def restore(self, taken: Iterable[tuple[int, Row]]) -> None:
        """Put back what `remove` took, each where it stood."""
        back = sorted(taken, key=lambda pair: pair[0])
        merged: list[int] = []
        rest, i = self._order, 0
        for position, row in back:
            n = position - len(merged)
            merged.extend(rest[i : i + max(n, 0)])
            i += max(n, 0)
            merged.append(row.id)
            self._by_id[row.id] = row
            self._by_path.setdefault(row.path, []).append(row.id)
        self._order = merged + rest[i:]

    def update(self, row_id: int, **values: Any) -> Row:
        row = self._by_id[row_id].changed(**values)
        self._by_id[row_id] = row
        return row

    def put(self, row: Row) -> None:
        """Replace the row of the same id."""
        self._by_id[row.id] = row
