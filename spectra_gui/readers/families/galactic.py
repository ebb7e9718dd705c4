"""Galactic SPC (GRAMS, now of Thermo Fisher): binary spectra of laboratory programs.

Source: Galactic Universal Data Format Specification (SPC.H, 9/4/97), as kept by
https://github.com/rohanisaac/spc . A header of 512 bytes, an array of x where the spacing is
uneven, and one subfile or more of 32 bytes and y. Read is the present form (version byte 4B);
that of big-endian machines (4C) and the old one (4D) are declined. It says neither medium nor
frame. VisualSpec's files have the same ending and another, unpublished form.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import axes
from spectra_gui.readers.found import UNSTATED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe

NAME: Final = "galactic"
TAKES: Final[frozenset[str]] = frozenset()

FloatArray = NDArray[np.float64]

_HEAD: Final = struct.Struct("<BBBbIddIBBBBI9s9sh32s130s30sIIBBhf48sfIfB187s")
_SUB: Final = struct.Struct("<BbHfffIIf4s")
_OLD: Final = struct.Struct("<BBhfff")
_PRESENT, _BIG_ENDIAN, _BEFORE_1996 = 0x4B, 0x4C, 0x4D
_SHORT, _MANY, _LABELS, _OWN_X, _UNEVEN = 0x01, 0x04, 0x20, 0x40, 0x80
"""Bits of ftflgs: TSPREC, TMULTI, TALABS, TXYXYS, TXVALS."""

_FLOATS: Final = -128
"""The exponent that says: y are floats and not scaled integers."""

_X_UNITS: Final = {1: "wavenumber", 2: "um", 3: "nm"}
_X_OTHER: Final = {6: "Hz", 7: "kHz", 8: "MHz", 13: "a Raman shift", 14: "eV", 26: "GHz"}
_ABSORBED: Final = {1: "an interferogram", 2: "absorbances", 3: "Kubelka-Munk", 10: "log(1/R)"}


@dataclass(frozen=True, slots=True)
class _Head:
    flags: int
    exponent: int
    n_points: int
    first: float
    last: float
    n_subfiles: int
    x_kind: int
    y_kind: int
    date: int
    source: str
    comment: str
    x_label: str

    @property
    def is_plausible(self) -> bool:
        """Whether the numbers can be those of a header."""
        return (
            1 <= self.n_subfiles <= 1_000_000
            and math.isfinite(self.first)
            and math.isfinite(self.last)
            and (self.x_kind <= 30 or self.x_kind == 255)
        )


def sniff(probe: Probe) -> bool:
    """The version byte, and a header whose numbers can be."""
    head = probe.head
    if probe.kind not in ("binary", "text") or len(head) < _HEAD.size:
        return False
    if head[1] == _PRESENT:
        return _head(head).is_plausible and b"\x00" in head[: _HEAD.size]
    if head[1] == _BIG_ENDIAN:
        return 0 < struct.unpack_from(">I", head, 4)[0] < 10_000_000 and b"\x00" in head[:512]
    return head[1] == _BEFORE_1996 and _is_old(head)


def _is_old(head: bytes) -> bool:
    _, _, _, n, first, last = _OLD.unpack_from(head)
    return bool(1.0 <= n <= 1e7 and n == int(n) and math.isfinite(first) and math.isfinite(last))


def _head(data: bytes) -> _Head:
    values = _HEAD.unpack_from(data)
    flags, _, _, exponent, n_points, first, last, n_subfiles, x_kind, y_kind = values[:10]
    date, source, comment, labels = values[12], values[14], values[17], values[18]
    # Of the labels, which end in zeros, the first is that of x.
    words = (_text(part) for part in (source, comment, labels))
    return _Head(
        flags, exponent, n_points, first, last, n_subfiles, x_kind, y_kind, date, *words
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return raw.split(b"\x00")[0].decode("latin-1").strip()


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each subfile."""
    data = probe.data
    if data[1] != _PRESENT:
        raise probe.fail(
            "unsupported",
            f"{probe.name} is a Galactic SPC file of an old form or of a big-endian machine.",
            "Save it again from GRAMS, or as text with wavelength and flux.",
        )
    head = _head(data)
    if head.y_kind in _ABSORBED:
        raise probe.fail(
            "not_a_spectrum",
            f"{probe.name} holds {_ABSORBED[head.y_kind]}, not fluxes.",
            "Open the spectrum itself, in intensity.",
        )
    found = Found(
        "Galactic SPC",
        "version byte 4B",
        _pieces(probe, head, data),
        unit=_unit(probe, head, override),
        hint=head.source,
        scale=Claim("table", "x is stored point by point")
        if head.flags & (_UNEVEN | _OWN_X)
        else Claim("linear", f"{head.first:g} to {head.last:g}"),
    )
    for piece in found.pieces:
        piece.name = head.comment.splitlines()[0][:60] if head.comment else ""
        piece.meta = _facts(head)
    return found


def _unit(probe: Probe, head: _Head, override: Override) -> Claim:
    if head.flags & _LABELS and (unit := axes.unit_in_name(head.x_label)):
        return Claim(unit, f"label of x: {head.x_label}")
    if head.x_kind in _X_UNITS:
        return Claim(_X_UNITS[head.x_kind], f"fxtype = {head.x_kind}")
    if head.x_kind and override.wavelength_unit is None:
        what = _X_OTHER.get(head.x_kind, f"of kind {head.x_kind}")
        raise ReadError(
            "no_wavelength",
            f"The x axis of {probe.name} is {what}, not wavelength.",
            "Convert it to wavelength first, or choose the unit if the label is wrong.",
        )
    return UNSTATED


def _facts(head: _Head) -> dict[str, Any]:
    facts: dict[str, Any] = {"instrument": head.source} if head.source else {}
    year, month, day = head.date >> 20, head.date >> 16 & 15, head.date >> 11 & 31
    if 1900 < year < 2200 and 1 <= month <= 12 and 1 <= day <= 31:
        facts["date"] = f"{year:04d}-{month:02d}-{day:02d}"
    return facts


def _pieces(probe: Probe, head: _Head, data: bytes) -> list[Piece]:
    place = _HEAD.size
    shared: FloatArray | None = None
    if head.flags & _UNEVEN and not head.flags & _OWN_X:
        shared, place = _values(probe, data, place, "<f4", head.n_points)
    elif not head.flags & _OWN_X:
        _values(probe, data, place + _SUB.size, "<i2", head.n_points)
        shared = np.linspace(head.first, head.last, head.n_points)
    pieces = []
    for row in range(head.n_subfiles):
        if place + _SUB.size > len(data):
            raise _truncated(probe)
        sub = _SUB.unpack_from(data, place)
        place += _SUB.size
        axis, n_points = shared, head.n_points
        if axis is None:
            n_points = int(sub[6])
            axis, place = _values(probe, data, place, "<f4", n_points)
        exponent = int(sub[1]) if head.flags & _MANY else head.exponent
        flux, place = _fluxes(probe, data, place, n_points, exponent, head.flags)
        pieces.append(Piece(axis=axis, flux=flux, row=row))
        if len(pieces) * n_points > probe.caps.total_points or len(pieces) > probe.caps.spectra:
            # More than is read at once, which is told by its number.
            break
    return pieces


def _fluxes(
    probe: Probe, data: bytes, place: int, n: int, exponent: int, flags: int
) -> tuple[FloatArray, int]:
    if exponent == _FLOATS:
        return _values(probe, data, place, "<f4", n)
    kind, bits = ("<i2", 16) if flags & _SHORT else ("<i4", 32)
    values, place = _values(probe, data, place, kind, n)
    return values * 2.0 ** (exponent - bits), place


def _values(probe: Probe, data: bytes, place: int, kind: str, n: int) -> tuple[FloatArray, int]:
    """``n`` numbers from ``place``, and where they end."""
    size = np.dtype(kind).itemsize * n
    if n < 1 or place + size > len(data):
        raise _truncated(probe)
    values = np.frombuffer(data, kind, n, place)
    return values.astype(np.float64), place + size


def _truncated(probe: Probe) -> ReadError:
    return probe.fail(
        "truncated",
        f"{probe.name} is a Galactic SPC file that ends before its data do.",
        "Copy it again.",
    )
