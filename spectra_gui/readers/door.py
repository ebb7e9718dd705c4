"""The one way in: a path becomes a `Reading`, or a `ReadError` that says what to do."""

from __future__ import annotations

import lzma
import os
import struct
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from spectra_gui.data import FileMapping, Override, OverrideChoice, ReadError, Reading
from spectra_gui.readers.caps import CAPS, Caps
from spectra_gui.readers.found import Found
from spectra_gui.readers.listing import formats
from spectra_gui.readers.mapped import (
    GENERAL,
    UNKNOWN_TABLE,
    asked_for,
    blamed,
    is_elsewhere,
    matching,
    reaches_optical,
    set_aside,
    told,
)
from spectra_gui.readers.naming import named_by_file
from spectra_gui.readers.objects import read_object
from spectra_gui.readers.onedim import hdu_list
from spectra_gui.readers.peek import has_columns
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.refusals import refusal
from spectra_gui.readers.registry import Family, families
from spectra_gui.readers.settle import bad_override, choices, settle

_UNFORESEEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
    # Some libraries raise their warnings.
    Warning,
)

_NOTHING: Final = Override()
_PARTICULAR: Final = ("hdu", "columns", "skip_rows")
_MENDABLE: Final = UNKNOWN_TABLE | {"bad_override", "no_good_pixels", "unsupported"}
"""Codes of failures that another choice of columns may mend."""

_Given = TypeVar("_Given")


class RowsError(ReadError):
    """No row of those that were wanted gives a spectrum; ``total_rows`` there are."""

    def __init__(self, error: ReadError, path: str, total_rows: int) -> None:
        super().__init__(error.code, error.reason, error.advice, path)
        self.total_rows = total_rows


def read(
    path: str | Path | Any,
    *,
    override: Override | None = None,
    mappings: Sequence[FileMapping] = (),
    caps: Caps = CAPS,
) -> Reading:
    """Read the spectra of a local file, in this process.

    Parameters
    ----------
    path : a regular file; its content decides what it is, never its name. Or a specutils
        ``Spectrum``, ``SpectrumCollection`` or list of them
    override : what a person says about the file; it wins over everything found
    mappings : what was said of tables of a shape: used for such tables where no reader knows
        the file for certain, and told among the decisions. One whose unit would leave a file
        without optical light, which it has otherwise, is set aside with a warning. One of
        `ANY_SHAPE` is always used
    caps : limits on bytes, points and spectra

    Raises
    ------
    ReadError
        Always with a code, a reason and an advice; the codes are listed at `ReadError`.
    """
    override = override or _NOTHING
    if not isinstance(path, str | os.PathLike):
        return read_object(path, override)
    probe = Probe(os.fspath(path), caps, window=_span(override.rows))
    return guarded(probe, lambda: _read(probe, override, mappings))[0]


def read_rows(
    path: str | Path,
    window: tuple[int, int],
    *,
    override: Override | None = None,
    mappings: Sequence[FileMapping] = (),
    caps: Caps = CAPS,
) -> tuple[Reading, int]:
    """Some of the spectra of a file that may have more than memory holds.

    Parameters
    ----------
    path : a regular file
    window : (first, count) of the spectra that are wanted, where each row of a FITS table, of
        an image or of an array is one; of every other file all spectra are read

    Returns
    -------
    The reading, and how many rows there are in all; 0 where all that the file has was read.

    Raises
    ------
    ReadError
        As `read` does; a `RowsError` where other rows of the file may be better.
    """
    probe = Probe(os.fspath(path), caps, window=window)
    return guarded(probe, lambda: _read(probe, override or _NOTHING, mappings))


def _span(rows: tuple[int, ...] | None) -> tuple[int, int] | None:
    """From the first to the last row that a person asked for."""
    if not rows or min(rows) < 0:
        return None
    return min(rows), max(rows) - min(rows) + 1


def guarded(probe: Probe, work: Callable[[], _Given]) -> _Given:
    """What ``work`` gives, with everything that a broken file may raise as a `ReadError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return work()
        except ReadError as error:
            error.path = error.path or probe.path
            error.has_columns = error.code in _MENDABLE and has_columns(probe)
            raise
        except MemoryError:
            raise probe.fail(
                "too_large",
                f"Reading {probe.name} takes more memory than there is for it.",
                "Cut out the spectra of interest and open those.",
            ) from None
        except EOFError:
            raise probe.fail(
                "truncated",
                f"{probe.name} changed while it was read.",
                "Read it again once it is written to its end.",
            ) from None
        except _UNFORESEEN as error:
            # A damaged file can break any expectation; it must stay one file's failure.
            raise probe.fail(
                "damaged",
                f"{probe.name} breaks its own format ({type(error).__name__}: {_brief(error)}).",
                "Download or copy it again; if it opens elsewhere, a report with the file would "
                "help.",
            ) from error


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _read(probe: Probe, own: Override, mappings: Sequence[FileMapping]) -> tuple[Reading, int]:
    """By what a person says, else by a mapping where no reader is certain, else by a reader."""
    mapping = asked_for(mappings)
    known = _recognised(probe) if own.reader is None else None
    if mapping is None and own.reader is None and (known is None or known.NAME in GENERAL):
        mapping = matching(probe, mappings)
    if mapping is not None:
        return _read_mapped(probe, own, mapping, known)
    try:
        return _read_as(probe, own, known)
    except ReadError as error:
        if error.code not in UNKNOWN_TABLE or own.reader is not None:
            raise
        mapping = matching(probe, mappings)
        if mapping is None:
            raise
    return _read_mapped(probe, own, mapping, known)


def _read_mapped(
    probe: Probe, own: Override, mapping: FileMapping, known: Family | None
) -> tuple[Reading, int]:
    override = mapping.under(own)
    if override == own:
        return _read_as(probe, own, known)
    try:
        reading, total_rows = _read_as(probe, override, known)
    except RowsError as error:
        raise RowsError(blamed(error, mapping), probe.path, error.total_rows) from None
    except ReadError as error:
        if is_elsewhere(error, mapping, own) and (plain := _read_plain(probe, own, known)):
            return set_aside(plain[0], mapping), plain[1]
        raise blamed(error, mapping) from None
    if is_elsewhere(reading, mapping, own) and (plain := _read_plain(probe, own, known)):
        return set_aside(plain[0], mapping), plain[1]
    return told(reading, mapping, own), total_rows


def _read_plain(probe: Probe, own: Override, known: Family | None) -> tuple[Reading, int] | None:
    """The reading without a mapping, where that gives optical light."""
    try:
        plain = _read_as(probe, own, known)
    except ReadError:
        return None
    return plain if reaches_optical(plain[0]) else None


def _recognised(probe: Probe) -> Family | None:
    """The first family that recognises the file."""
    return next((family for family in families() if family.sniff(probe)), None)


def _read_as(probe: Probe, override: Override, known: Family | None) -> tuple[Reading, int]:
    family = _family(probe, override, known)
    found = family.read(probe, override)
    if _is_cut_apart(probe, found, override):
        probe.window = None
        found = family.read(probe, override)
    try:
        _check_size(probe, found)
        spectra, decisions, notes = settle(found, override)
    except ReadError as error:
        if probe.window is not None and found.total_rows:
            raise RowsError(error, probe.path, found.total_rows) from None
        raise
    if probe.cut_short:
        notes = (*notes, "The compressed file ends early; what could be unpacked was read.")
    several = max(len(spectra), found.total_rows) > 1
    reading = Reading(
        path=probe.path,
        format=found.description,
        reader=family.NAME,
        spectra=tuple(named_by_file(spectra, probe.path, several=several)),
        decisions=decisions,
        warnings=notes,
        choices=(*choices(found, decisions), _reader_choice(family)),
        override=override,
    )
    return reading, found.total_rows if probe.window is not None else 0


def _is_cut_apart(probe: Probe, found: Found, override: Override) -> bool:
    """Whether spectra are to be merged of which the window holds only some, or rows to be taken
    apart, so that spectra could not be counted by rows any more."""
    if override.rows is not None or probe.window is None:
        return False
    by_row = found.parts is not None and found.parts.by_row
    if override.merge != ("separate" if by_row else "merged"):
        return False
    return found.total_rows > len({piece.row for piece in found.pieces})


def _family(probe: Probe, override: Override, family: Family | None) -> Family:
    """The family to read with: the forced one, the one that recognises the file, or the
    general one that understands what a person asked for."""
    if override.reader is not None:
        return _forced(probe, override.reader)
    asked = {key for key in _PARTICULAR if getattr(override, key) is not None}
    if family is not None and asked <= family.TAKES:
        return family
    general = _general(probe, override, asked)
    if general is not None:
        return general
    if family is None:
        raise refusal(probe)
    raise bad_override(
        f"{', '.join(sorted(asked - family.TAKES))} cannot be chosen in a file of this format",
        "Leave it open, or choose another reader.",
    )


def _forced(probe: Probe, wanted: str) -> Family:
    # Only specutils takes a format of its own behind a colon.
    name = wanted.partition(":")[0] if wanted.startswith("specutils:") else wanted
    forced = next((f for f in families() if name == f.NAME), None)
    if forced is None:
        names = ", ".join(info.name for info in formats())
        raise bad_override(f"there is no reader {name!r}", f"There are: {names}.")
    if name != "specutils" and not forced.sniff(probe):
        raise bad_override(
            f"the reader {name} does not recognise it", "Leave the reader open, or choose another."
        )
    return forced


def _general(probe: Probe, override: Override, asked: set[str]) -> Family | None:
    """The reader of plain tables or images, where an HDU or columns were asked for."""
    if probe.kind != "fits" or not asked or "skip_rows" in asked:
        return None
    by_name = {f.NAME: f for f in families()}
    hdu = probe.fits.choose(override.hdu) if override.hdu is not None else None
    if override.hdu is not None and hdu is None:
        raise bad_override(f"there is no HDU {override.hdu}", hdu_list(probe.fits))
    if hdu is not None and hdu.is_image and "columns" not in asked:
        if len(hdu.spectral_shape) != 1:
            raise bad_override(
                f"{hdu.label} is an image of {len(hdu.shape)} dimensions", hdu_list(probe.fits)
            )
        return by_name["fits-image"]
    table = hdu if hdu is not None else probe.fits.first_table()
    return by_name["fits-table"] if table is not None and table.is_table else None


def _check_size(probe: Probe, found: Found) -> None:
    largest = max((piece.axis.size for piece in found.pieces), default=0)
    if not found.pieces or largest < 2:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} holds no spectrum with two points or more.",
            "Check that this is the right file.",
        )
    total = sum(piece.axis.size for piece in found.pieces)
    if len(found.pieces) > probe.caps.spectra:
        raise probe.fail(
            "too_large",
            f"{probe.name} holds {len(found.pieces)} spectra, more than are read at once.",
            "Type them with `spectra-gui classify`, which takes them piece by piece, or choose "
            "some rows.",
        )
    if largest > probe.caps.points or total > probe.caps.total_points:
        raise probe.fail(
            "too_large",
            f"{probe.name} holds a spectrum of {largest} points, {total} in all.",
            "Cut out the range of interest and open that.",
        )


def _reader_choice(family: Family) -> OverrideChoice:
    names = tuple(info.name for info in formats())
    return OverrideChoice("reader", "Read as", family.NAME, names)
