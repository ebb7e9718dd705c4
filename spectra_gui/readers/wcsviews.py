"""Headers in which the spectral axis is the first: of cubes of one line, of alternate descriptions.

Source: FITS Paper I (Greisen & Calabretta 2002, A&A 395, 1061), section 2 (axis numbers) and table
1 (a letter behind a keyword for another description of the same pixels).
Knows headers; knows no file.
"""

from __future__ import annotations

import re
from typing import Final

from spectra_gui.readers.fitsheader import Header

_AXIS_CARD: Final = re.compile(r"(CRVAL|CDELT|CRPIX|CTYPE|CUNIT|CNAME)1")
_PAIR_CARD: Final = re.compile(r"(CD|PC)1_1")
_PARAMETER: Final = re.compile(r"(PS|PV)1_(\d+)")
_OF_LIGHT: Final = re.compile(r"(WAVE|AWAV|FREQ|WAVN|ENER)(-|$)", re.I)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Turned(Header):
    """A header whose first axis is another axis, or another description of the first."""

    def __init__(self, own: Header, number: int, letter: str) -> None:
        self._own, self._number, self._letter = own, number, letter

    def remarks(self) -> list[str]:
        """HISTORY and COMMENT, as they are."""
        return self._own.remarks()

    def get(self, key: str, default: object = None) -> object:
        n, letter = self._number, self._letter
        if match := _AXIS_CARD.fullmatch(key):
            key = f"{match[1]}{n}{letter}"
        elif match := _PAIR_CARD.fullmatch(key):
            key = f"{match[1]}{n}_{n}{letter}"
        elif match := _PARAMETER.fullmatch(key):
            key = f"{match[1]}{n}_{match[2]}{letter}"
        value = self._own.get(key)
        return default if value is None else value


def is_one_line(shape: tuple[int, ...]) -> bool:
    """Whether all axes but one, which need not be the first, have the length one."""
    return sum(n > 1 for n in shape) == 1


def spectral_view(header: Header, shape: tuple[int, ...]) -> Header:
    """The header with the axis of the pixels as its first, in the description of light.

    ``shape`` is that of an image in numpy order. The header itself where nothing has to be turned.
    """
    number = 1
    if is_one_line(shape):
        number = len(shape) - next(i for i, n in enumerate(shape) if n > 1)
    if _OF_LIGHT.match(header.text(f"CTYPE{number}")):
        return header if number == 1 else _Turned(header, number, "")
    plain = header.text(f"CTYPE{number}").upper() in ("", "PIXEL", "LINEAR")
    for letter in _LETTERS if plain else "":
        if _OF_LIGHT.match(header.text(f"CTYPE{number}{letter}")):
            return _Turned(header, number, letter)
    return header if number == 1 else _Turned(header, number, "")
