"""The document: rows, what a person did to them, and the answers that were found for them.

The one owner of the state behind the window. Answers (readings, verdicts, explanations) are
derived: stored only where the row still stands at the revision that was asked for, and never
undone. Knows no Qt, no reader and no network; listeners get a `Changes` after every change.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from spectra_gui.data import Explanation, Prepared, ReadError, Reading, Spectrum, Verdict
from spectra_gui.data.spectrum import number_in_file
from spectra_gui.session.changes import ChangeKind, Changes
from spectra_gui.session.commands import AddSpectra
from spectra_gui.session.corrections import corrections, place_of, said_of
from spectra_gui.session.history import Command, History
from spectra_gui.session.regroup import object_number, regrouped
from spectra_gui.session.rows import ReadingInfo, Review, Row, RowList
from spectra_gui.session.shelf import DEFAULT_LIMIT_BYTES, Shelf, spectrum_bytes

Listener = Callable[[Changes], None]
ExplanationKey = tuple[str, str]
"""Target and method, e.g. ``("joint", "guided_grad_cam")``."""

EXPLANATIONS_KEPT = 64


class Document:
    """Rows with an undo history and listeners.

    ``path`` is the session file, None while it has none. ``memory_limit_bytes`` bounds the
    spectra that are kept; see `Shelf`.
    """

    def __init__(self, *, memory_limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self.path: Path | None = None
        self.keeps_untyped = True
        """False while nothing can be typed: then untyped spectra are let go like others."""
        self._rows = RowList()
        self._history = History()
        self._shelf = Shelf(memory_limit_bytes)
        self._explanations: OrderedDict[tuple[int, int, ExplanationKey], Explanation]
        self._explanations = OrderedDict()
        self._listeners: list[Listener] = []
        self._depth = 0
        self._pending = Changes()
        self._saved: dict[tuple[str, int], object] = {}

    # Rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def ids(self) -> tuple[int, ...]:
        """Row ids in the order of the list."""
        return self._rows.ids

    def row(self, row_id: int) -> Row | None:
        return self._rows.get(row_id)

    def rows(self, row_ids: Iterable[int]) -> tuple[Row, ...]:
        """The rows that still exist of those asked for."""
        found = (self._rows.get(row_id) for row_id in row_ids)
        return tuple(row for row in found if row is not None)

    def rows_of(self, path: str) -> list[Row]:
        """The rows of one file."""
        return self._rows.of_path(path)

    def reviewed_rows(self) -> tuple[Row, ...]:
        """Rows that a person reviewed and that carry a label: what a retraining learns from."""
        return tuple(row for row in self._rows if row.reviewed and row.label)

    def snapshot(self) -> tuple[Row, ...]:
        """All rows as they are now; rows are frozen, so another thread may write them."""
        return tuple(self._rows)

    # Listening

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Tell all changes inside as one."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                pending, self._pending = self._pending, Changes()
                self._publish(pending)

    def _publish(self, changes: Changes) -> Changes:
        if self._depth:
            self._pending |= changes
        elif changes:
            for listener in tuple(self._listeners):
                listener(changes)
        return changes

    # What a person does

    def do(self, command: Command) -> Changes:
        """Carry out a command and keep it for undo."""
        return self._publish(self._counted(self._history.do(command, self._rows)))

    def add_more(self, command: AddSpectra, paths: Iterable[str | Path]) -> bool:
        """Let a command take more files as part of the same step; False where it was undone."""
        if not self._history.holds(command):
            return False
        changes = command.add(paths, self._rows)
        self._publish(changes | Changes.of((), "history") if changes else changes)
        return True

    def undo(self) -> Changes:
        return self._publish(self._counted(self._history.undo(self._rows)))

    def redo(self) -> Changes:
        return self._publish(self._counted(self._history.redo(self._rows)))

    def _counted(self, changes: Changes) -> Changes:
        if changes.kinds & {"added", "removed", "override"}:
            self._count_bytes(changes.rows)
        return changes

    @property
    def undo_text(self) -> str:
        return self._history.undo_text

    @property
    def redo_text(self) -> str:
        return self._history.redo_text

    @property
    def has_unsaved_corrections(self) -> bool:
        """True where something that a person said is not in the session file.

        The list of files alone is no correction: closing a window that only looked at files
        asks nothing.
        """
        return self.unsaved_check()()

    def unsaved_check(self) -> Callable[[], bool]:
        """`has_unsaved_corrections` of the rows as they are now, to be asked on any thread."""
        rows, saved = self.snapshot(), self._saved
        return lambda: corrections(rows) != saved

    def mark_saved(self, path: Path | None) -> Changes:
        """The session stands in ``path`` as it is now."""
        self.path = path
        self._saved = corrections(self._rows)
        return self._publish(Changes.of((), "file"))

    def replace_all(self, rows: Iterable[Row], path: Path | None, *, saved: bool = True) -> Changes:
        """Show another session; the history and all answers of this one are gone.

        The ids of ``rows`` are given anew. ``saved`` is False for a recovered session: what a
        person said stands in no session file yet.
        """
        gone = [row.id for _, row in self._rows.remove(self._rows.ids)]
        fresh = [row.changed(id=self._rows.new_id()) for row in rows]
        self._rows.append(fresh)
        self._history.clear()
        self._explanations.clear()
        self._shelf.clear()
        changes = Changes.of((*gone, *(row.id for row in fresh)), "removed", "added", "history")
        with self.batch():
            self._publish(changes)
            self.mark_saved(path)
            if not saved:
                self._saved = {}
        return changes

    # What was found

    def store_reading(self, path: str, reading: Reading, *, revision: int) -> Changes:
        """Take in what a file holds; rows for further spectra follow the first.

        Stored only for rows that still stand at ``revision``.
        """
        rows = [row for row in self._rows.of_path(path) if row.revision == revision]
        if not rows:
            return Changes()
        info = ReadingInfo.of(reading)
        kinds: set[ChangeKind] = {"reading", "state"}
        changed: list[int] = []
        again = regrouped(rows, reading)
        if again is not None:
            kinds |= {"removed", "review"}
            stay = {row.id for row in again}
            changed += [row.id for _, row in self._rows.remove({r.id for r in rows} - stay)]
            rows = again
        for row in rows:
            if row.index < len(reading.spectra):
                self._rows.put(_as_read(row, info, reading))
            elif row.review or row.set_aside:
                self._rows.put(_without_spectrum(row, len(reading.spectra)))
            else:
                self._rows.remove([row.id])
                kinds.add("removed")
            changed.append(row.id)
        if any(row.whole_file for row in rows):
            changed += self._insert_siblings(rows[0].id, info, reading, revision)
            kinds.add("added")
        changed += self._keep_within_memory(changed)
        return self._publish(Changes(frozenset(changed), frozenset(kinds)))

    def _insert_siblings(
        self, first_id: int, info: ReadingInfo, reading: Reading, revision: int
    ) -> list[int]:
        first = self._rows.get(first_id)
        if first is None:
            return []
        here = {row.index: row.id for row in self._rows.of_path(first.path)}
        new: list[int] = []
        before = first_id
        run: list[Row] = []
        for index in range(len(reading.spectra) + 1):
            if index < len(reading.spectra) and index not in here:
                blank = replace(first, id=self._rows.new_id(), index=index, asides=())
                row = _as_read(blank.reviewed_as(Review()), info, reading)
                run.append(replace(row, revision=revision))
                continue
            if run:
                # Those that are missing come after the one that is before them in the file.
                self._rows.insert(self._rows.position(before) + 1, run)
                new += [row.id for row in run]
            before, run = here.get(index, before), []
        return new

    def store_read_error(self, path: str, error: ReadError, *, revision: int) -> Changes:
        """A file that gave no spectrum: its rows stay, with the reason.

        A row that was typed keeps its answer; only its curve cannot be shown.
        """
        rows = [row for row in self._rows.of_path(path) if row.revision == revision]
        for row in rows:
            if row.state == "typed":
                self._rows.update(row.id, problem=f"{error.reason} {error.advice}".strip())
            else:
                gone = replace(row, spectrum=None, prepared=None, verdict=None)
                self._rows.put(replace(gone, state="unreadable", error=error))
        return self._publish(Changes.of([row.id for row in rows], "state", "reading"))

    def store_verdict(
        self, row_id: int, verdict: Verdict, prepared: Prepared | None, *, revision: int
    ) -> bool:
        """Keep an answer; False where the row is gone or stands at another revision."""
        row = self._rows.get(row_id)
        if row is None or row.revision != revision or row.state not in ("read", "typed"):
            return False
        self._rows.update(
            row_id, state="typed", verdict=verdict, prepared=prepared, snr=verdict.snr, problem=""
        )
        changed = [row_id, *self._keep_within_memory([row_id])]
        self._publish(Changes.of(changed, "state", "verdict"))
        return True

    def store_problem(self, row_id: int, message: str, *, revision: int) -> bool:
        """A spectrum that could not be typed, and why; the row stays ``read``."""
        row = self._rows.get(row_id)
        if row is None or row.revision != revision:
            return False
        self._rows.update(row_id, problem=message)
        self._publish(Changes.of([row_id], "state"))
        return True

    def store_explanation(
        self, row_id: int, key: ExplanationKey, explanation: Explanation, *, revision: int
    ) -> bool:
        """Keep an explanation; False where it is stale."""
        row = self._rows.get(row_id)
        if row is None or row.revision != revision:
            return False
        self._explanations[row_id, revision, key] = explanation
        while len(self._explanations) > EXPLANATIONS_KEPT:
            self._explanations.popitem(last=False)
        self._publish(Changes.of([row_id], "explanation"))
        return True

    def explanation(self, row_id: int, key: ExplanationKey) -> Explanation | None:
        row = self._rows.get(row_id)
        found = self._explanations.get((row_id, row.revision, key)) if row else None
        if found is not None and row is not None:
            self._explanations.move_to_end((row_id, row.revision, key))
        return found

    def forget_verdicts(self, row_ids: Iterable[int] | None = None) -> Changes:
        """Type rows again (all by default): answers go, answers under way become stale."""
        changed = []
        for row in self.rows(self._rows.ids if row_ids is None else row_ids):
            if row.state in ("read", "typed"):
                again = replace(row, state="read", verdict=None, prepared=None, problem="")
                self._rows.put(replace(again, revision=row.revision + 1))
                changed.append(row.id)
        return self._publish(Changes.of(changed, "state", "verdict") if changed else Changes())

    def read_again(self, row_ids: Iterable[int]) -> Changes:
        """Have the files of rows read again, e.g. after a file was mended.

        The hash stays until the new one is known: a label never moves to another content.
        """
        changed = []
        for path in {row.path for row in self.rows(row_ids)}:
            for row in self._rows.of_path(path):
                again = replace(row, state="reading", error=None, problem="", verdict=None)
                self._rows.put(replace(again, revision=row.revision + 1))
                changed.append(row.id)
        return self._publish(Changes.of(changed, "state", "verdict"))

    def store_hash(self, path: str, sha256: str) -> Changes:
        """The content of a file is known: reviews made on it attach, others stay aside."""
        changes = Changes()
        for before in self._rows.of_path(path):
            after, attached = before.on_content(sha256)
            self._rows.put(after)
            changes |= Changes.of([before.id], "hash")
            if (before.review, before.asides) != (after.review, after.asides):
                changes |= Changes.of([before.id], "review", "set_aside")
            if attached is not None and not attached.confirmed:
                # What was said since the session was opened was said on top of this review.
                self._history.stand_on(before.id, attached.review)
                before = before.reviewed_as(Review())
                after = after.reviewed_as(attached.review)
            self._keep_saved(before, after)
        return self._publish(changes)

    def _keep_saved(self, before: Row, after: Row) -> None:
        """Attaching a review or setting it aside is nobody's correction."""
        if said_of(before) is not None and self._saved.get(place_of(before)) == said_of(before):
            self._saved[place_of(after)] = said_of(after)

    def touch(self, row_id: int) -> None:
        """The row is being looked at: its spectrum is the last to be let go."""
        self._shelf.touch(row_id)

    def _keep_within_memory(self, row_ids: Iterable[int]) -> list[int]:
        self._count_bytes(row_ids)
        surplus = self._shelf.take_surplus(is_needed=self._is_untyped)
        gone = [row_id for row_id in surplus if row_id in self._rows]
        for row_id in gone:
            self._rows.update(row_id, spectrum=None, prepared=None)
        return gone

    def _count_bytes(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            row = self._rows.get(row_id)
            self._shelf.put(row_id, spectrum_bytes(row.spectrum, row.prepared) if row else 0)

    def _is_untyped(self, row_id: int) -> bool:
        row = self._rows.get(row_id)
        return self.keeps_untyped and row is not None and row.state == "read" and not row.problem

    @property
    def is_full(self) -> bool:
        """True where the spectra take all the memory they may: type before reading more."""
        return self._shelf.is_full


def _as_read(row: Row, info: ReadingInfo, reading: Reading) -> Row:
    spectrum: Spectrum = reading.spectra[row.index]
    return replace(
        row,
        whole_file=False,
        state="typed" if row.verdict is not None and row.state == "typed" else "read",
        name=spectrum.name,
        reading_info=info,
        spectrum=spectrum,
        error=None,
        object_number=object_number(reading, row.index),
        row_number=number_in_file(spectrum, row.index),
    )


def _without_spectrum(row: Row, n_spectra: int) -> Row:
    error = ReadError(
        "not_a_spectrum",
        f"The file holds {n_spectra} spectra now, and this row is number {row.number}, from 0.",
        "Its label is kept; remove the row when it is not needed.",
        row.path,
    )
    return replace(row, state="unreadable", error=error, spectrum=None, verdict=None)
