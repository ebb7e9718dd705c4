"""The commands that a person can undo. They touch what a person says, never a derived answer.

A verdict, a prepared array or an explanation is not restored by undo: where an undo changes how a
file is read, the rows go back to ``reading`` with a new revision and are typed again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from spectra_gui.data import Override
from spectra_gui.session.changes import Changes
from spectra_gui.session.history import Command
from spectra_gui.session.rows import QUALITIES, Review, Row, RowList, SetAside

_WHICH_SPECTRUM = ("rows", "hdu", "columns", "reader")
"""Fields of `Override` that choose another spectrum of the file, to which no label may move."""


def count_text(n: int, one: str, many: str) -> str:
    """``"1 spectrum"``, ``"12 spectra"``."""
    return f"{n:,} {one if n == 1 else many}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def absolute_text(path: str | Path) -> str:
    """A path as rows hold it. (Most are absolute already, and `Path` would take ten times longer.)

    Links and ``..`` are left alone, as they are in what a person sees of the path.
    """
    text = os.fspath(path)
    if os.path.isabs(text) and os.path.normpath(text) == text:  # noqa: PTH117 - see above
        return text
    return str(Path(text).absolute())


def _without_arrays(taken: Iterable[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """Rows as the history keeps them: it has no end, and a file can be read again."""
    return [
        (i, row)
        if row.spectrum is None and row.prepared is None
        else (i, replace(row, spectrum=None, prepared=None))
        for i, row in taken
    ]


class _Alone:
    """A command that joins no other and changes no review."""

    def followed_by(self, later: Command) -> Command | None:
        return None

    def stand_on(self, row_id: int, review: Review) -> None:
        """Nothing of it changes."""


@dataclass
class AddSpectra(_Alone):
    """Put files into the list, to be read; files that are there already are passed over.

    A large drop comes in parts: `add` takes the later ones, and all are one step of undo.
    """

    paths: Iterable[str | Path]
    _taken: list[tuple[int, Row]] | None = field(default=None, init=False)
    _own: list[str] = field(default_factory=list, init=False)

    @property
    def text(self) -> str:
        return f"add {count_text(len(self._own), 'file', 'files')}"

    def do(self, rows: RowList) -> Changes:
        if self._taken is None:
            return self.add(self.paths, rows)
        # A drop that went on meanwhile may have brought some of the files back.
        back = [(i, row) for i, row in self._taken if not rows.has_path(row.path)]
        self._own = list(dict.fromkeys(row.path for _, row in back))
        rows.restore(back)
        return Changes.of((row.id for _, row in back), "added")

    def add(self, paths: Iterable[str | Path], rows: RowList) -> Changes:
        """Put more files at the end of the list."""
        absolute = dict.fromkeys(map(absolute_text, paths))
        own = [path for path in absolute if not rows.has_path(path)]
        self._own += own
        new = [Row(rows.new_id(), path) for path in own]
        rows.append(new)
        return Changes.of((row.id for row in new), "added") if new else Changes()

    def undo(self, rows: RowList) -> Changes:
        own = (row.id for path in self._own for row in rows.of_path(path))
        self._taken = _without_arrays(rows.remove(own))
        return Changes.of((row.id for _, row in self._taken), "removed")


@dataclass
class RemoveRows(_Alone):
    """Take rows out of the list; the files stay on disk."""

    row_ids: Iterable[int]
    _taken: list[tuple[int, Row]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.row_ids = tuple(self.row_ids)

    @property
    def text(self) -> str:
        return f"remove {count_text(len(self._taken), 'spectrum', 'spectra')}"

    def do(self, rows: RowList) -> Changes:
        self._taken = _without_arrays(rows.remove(self.row_ids))
        gone = [row.id for _, row in self._taken]
        return Changes.of(gone, "removed") if gone else Changes()

    def undo(self, rows: RowList) -> Changes:
        rows.restore(self._taken)
        return Changes.of((row.id for _, row in self._taken), "added")


@dataclass
class SetReview:
    """Give rows a review each. ``typing`` marks keystrokes in one field, which undo as one."""

    reviews: Mapping[int, Review]
    text: str = "change the review"
    typing: int | None = None
    _before: dict[int, Review] = field(default_factory=dict, init=False)

    def do(self, rows: RowList) -> Changes:
        before = {i: row.review for i in self.reviews if (row := rows.get(i)) is not None}
        self._before = {i: old for i, old in before.items() if old != self.reviews[i]}
        return self._give(rows, {i: self.reviews[i] for i in self._before})

    def undo(self, rows: RowList) -> Changes:
        return self._give(rows, self._before)

    def followed_by(self, later: Command) -> Command | None:
        same_field = isinstance(later, SetReview) and self.typing is not None
        if not (same_field and isinstance(later, SetReview) and later.typing == self.typing):
            return None
        joined = SetReview({**self.reviews, **later.reviews}, later.text, self.typing)
        joined._before = {**later._before, **self._before}
        return joined

    def stand_on(self, row_id: int, review: Review) -> None:
        if row_id in self._before:
            self._before[row_id] = self._before[row_id].over(review)
            self.reviews = {**self.reviews, row_id: self.reviews[row_id].over(review)}

    @staticmethod
    def _give(rows: RowList, reviews: Mapping[int, Review]) -> Changes:
        for row_id, review in reviews.items():
            row = rows.get(row_id)  # a row may have gone since, with a file that holds fewer
            if row is not None:
                rows.put(row.reviewed_as(review))
        return Changes.of(reviews, "review") if reviews else Changes()


def set_label(rows: Iterable[Row], label: str | None, *, typing: int | None = None) -> SetReview:
    """Edit the type of rows: a row whose type was edited is a reviewed row.

    An empty label takes type and review back.
    """
    text = label.strip() if label else ""
    value = text or None
    given = value is not None
    reviews = {row.id: Review(value, given, row.quality, row.comment) for row in rows}
    return SetReview(reviews, f"type {text}" if text else "clear the type", typing)


def accept_verdicts(rows: Iterable[Row]) -> SetReview:
    """Take the verdict's type as a person's own, so that a later model cannot change it.

    Rows that a person has labelled keep their label; rows without an answer are passed over.
    """
    reviews = {
        row.id: Review(row.answer, True, row.quality, row.comment) for row in rows if row.answer
    }
    return SetReview(reviews, f"accept {count_text(len(reviews), 'type', 'types')}")


def set_reviewed(rows: Iterable[Row], *, reviewed: bool) -> SetReview:
    """Mark rows as looked at, or take the mark back."""
    reviews = {row.id: Review(row.label, reviewed, row.quality, row.comment) for row in rows}
    return SetReview(reviews, "mark as reviewed" if reviewed else "mark as not reviewed")


def set_quality(rows: Iterable[Row], quality: int | None) -> SetReview:
    """Grade rows 1 (best) to 4, None takes the grade back; raises ``ValueError`` on others."""
    if quality is not None and quality not in QUALITIES:
        raise ValueError(f"quality {quality} is not one of {QUALITIES}")
    reviews = {row.id: Review(row.label, row.reviewed, quality, row.comment) for row in rows}
    return SetReview(reviews, f"quality {quality}" if quality else "clear the quality")


def set_comment(rows: Iterable[Row], comment: str, *, typing: int | None = None) -> SetReview:
    reviews = {row.id: replace(row.review, comment=comment) for row in rows}
    return SetReview(reviews, "comment", typing)


@dataclass
class SetOverride(_Alone):
    """Say how a file is to be read, and have it read again.

    Where the override chooses other spectra of the file, the reviews of its rows are taken off:
    they belong to the spectra that were there before. Undo brings them back. Where it merges the
    parts of an object or takes them apart, reviews stay with the object (see `regroup`).
    """

    path: str
    override: Override
    text: str = "change how the file is read"
    _before: list[tuple[int, Row]] = field(default_factory=list, init=False)
    _after: list[tuple[int, Row]] = field(default_factory=list, init=False)

    def do(self, rows: RowList) -> Changes:
        old = rows.of_path(self.path)
        if not old or old[0].override == self.override:
            self._before = []
            return Changes()
        self._before = _without_arrays((rows.position(row.id), row) for row in old)
        if self._after:
            # Rows that reading made keep their numbers: what was said of them is redone too.
            return self._swap(rows, self._after)
        others = any(
            getattr(old[0].override, name) != getattr(self.override, name)
            for name in _WHICH_SPECTRUM
        )
        regroups = old[0].override.merge != self.override.merge
        for row in old:
            again = _read_again(row, self.override)
            if others:
                again = again.reviewed_as(Review())
            rows.put(replace(again, whole_file=row.whole_file or others or regroups))
        return Changes.of((row.id for row in old), "override", "state", "review")

    def undo(self, rows: RowList) -> Changes:
        if not self._before:
            return Changes()
        now = rows.of_path(self.path)
        self._after = _without_arrays((rows.position(row.id), row) for row in now)
        return self._swap(rows, self._before)

    def _swap(self, rows: RowList, wanted: list[tuple[int, Row]]) -> Changes:
        """Put the rows of the file back as they once were, to be read again."""
        now = rows.of_path(self.path)
        top = max((row.revision for row in now), default=0)
        rows.remove(row.id for row in now)
        back = [(i, replace(_read_again(row, row.override), revision=top + 1)) for i, row in wanted]
        rows.restore(back)
        ids = {row.id for row in now} | {row.id for _, row in back}
        return Changes.of(ids, "added", "removed", "override", "state", "review")


def _read_again(row: Row, override: Override) -> Row:
    return replace(
        row,
        override=override,
        state="reading",
        revision=row.revision + 1,
        verdict=None,
        prepared=None,
        error=None,
        problem="",
    )


@dataclass
class AttachSetAside(_Alone):
    """Attach reviews that were set aside because the file's content changed."""

    row_ids: Iterable[int]
    text: str = "attach the earlier review"
    _before: dict[int, tuple[Review, tuple[SetAside, ...]]] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        self.row_ids = tuple(self.row_ids)

    def do(self, rows: RowList) -> Changes:
        self._before = {}
        for row_id in self.row_ids:
            row = rows.get(row_id)
            if row is not None and row.set_aside is not None:
                self._before[row_id] = (row.review, row.asides)
                rows.put(replace(row.reviewed_as(row.set_aside.review), asides=row.asides[1:]))
        return Changes.of(self._before, "review", "set_aside") if self._before else Changes()

    def undo(self, rows: RowList) -> Changes:
        for row_id, (review, asides) in self._before.items():
            row = rows.get(row_id)
            if row is not None:
                rows.put(replace(row.reviewed_as(review), asides=asides))
        return Changes.of(self._before, "review", "set_aside")
