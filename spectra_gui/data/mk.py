"""The MK grid (70 subtypes × 6 luminosity classes) and the parser of MK strings.

Rows are temperature subtypes O0 … M9, columns luminosity classes I … VI. Class VI stands for
metal-poor subdwarfs (sd, esd, usd), which is a metallicity sequence more than a luminosity class.
The notation follows Gray & Corbally 2009, *Stellar Spectral Classification*, and the habits of
catalogues (Skiff 2014, CDS B/mk).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LETTERS: Final = "OBAFGKM"
LUMINOSITY_NAMES: Final = ("I", "II", "III", "IV", "V", "VI")
N_LETTERS: Final = len(LETTERS)
N_SUBTYPES: Final = 10 * N_LETTERS
N_LUMINOSITY: Final = len(LUMINOSITY_NAMES)

UNUSED_SUBTYPES: Final = ("O0", "O1", "K8", "K9")
"""Boxes that the MK system does not use (Gray & Corbally 2009, chapters 2 and 8)."""


class MKParseError(ValueError):
    """A string that names no MK type; the message says why."""


@dataclass(frozen=True, slots=True)
class MKType:
    """An MK type as a catalogue writes it.

    Attributes
    ----------
    letter : one of ``OBAFGKM``
    subtype : 0–9.9, the middle where the string gives a range, None where it gives a letter only
    subtype_range : the ends on 0–70 (equal for a single subtype)
    luminosity : classes 1–6, two or more for a range, empty where none is given
    peculiarity : what stands behind the type (``e``, ``p``, ``m``, ``Fe-1`` …), as written
    composite : True for two stars in one string
    """

    letter: str
    subtype: float | None
    subtype_range: tuple[float, float]
    luminosity: tuple[int, ...]
    peculiarity: str = ""
    composite: bool = False

    @property
    def code(self) -> float | None:
        """Temperature on 0–70 (O0 = 0, B0 = 10, …), decimals kept; None for a letter only."""
        return None if self.subtype is None else letter_index(self.letter) * 10 + self.subtype

    @property
    def class_index(self) -> int | None:
        """Luminosity column 0–5, the fainter class of a range; None where none is given."""
        return max(self.luminosity) - 1 if self.luminosity else None

    @property
    def is_full(self) -> bool:
        """True where letter, subtype and luminosity class are all given, for one star."""
        return self.subtype is not None and bool(self.luminosity) and not self.composite

    def __str__(self) -> str:
        names = "-".join(LUMINOSITY_NAMES[c - 1] for c in self.luminosity)
        subtype = "" if self.subtype is None else f"{self.subtype:.3g}"
        return f"{self.letter}{subtype} {names}".strip()


def letter_index(letter: str) -> int:
    """0 for O … 6 for M; raises ``ValueError`` on anything else."""
    return LETTERS.index(letter)


def subtype_name(row: int) -> str:
    """Name of a grid row, e.g. ``"G2"`` for 42."""
    return f"{LETTERS[row // 10]}{row % 10}"


def used_subtypes() -> NDArray[np.bool_]:
    """(70,) bool, False on the boxes that the MK system does not use."""
    return np.array([subtype_name(row) not in UNUSED_SUBTYPES for row in range(N_SUBTYPES)])


def format_code(code: float) -> str:
    """Temperature on 0–70 as text in half subtypes at most: 42.0 → ``G2``, 9.5 → ``O9.5``."""
    half = min(round(float(code) * 2) / 2, N_SUBTYPES - 0.5)
    row = int(half // 10)
    return f"{LETTERS[row]}{half - 10 * row:g}"


_SUBTYPE = r"\d(?:\.\d+)?"
_AM = re.compile(rf"k(?P<k>[OBAFGKM]?{_SUBTYPE})?h(?P<h>[OBAFGKM]{_SUBTYPE})(?P<rest>.*)$")
_HG = re.compile(rf"h(?P<h>[OBAFGKM]{_SUBTYPE})(?P<rest>[kgm].*)$")
_METAL = re.compile(rf"[kgm][OBAFGKM]?{_SUBTYPE}(?:-[OBAFGKM]?{_SUBTYPE})?")
_TYPE = re.compile(
    rf"^(?P<prefix>usd|esd|sd|sg|d|g|c)?:?(?P<letter>[OBAFGKM])(?P<sub>{_SUBTYPE}(?!\d))?(?P<sign>[+-](?=I|V))?"
    rf"(?::?[-/](?P<letter2>[OBAFGKM])?(?P<sub2>{_SUBTYPE}))?(?P<rest>.*)$"
)
_ONE_CLASS = r"(?:Ia-?0|0-?Ia|Ia\+|Iab|Ia|Ib|III|II|IV|I|VI|V)(?:ab|a|b)?"
_CLASSES = re.compile(
    rf"^(?P<between>[:?()a-z.~]*)(?P<classes>{_ONE_CLASS}(?::?[-/,]\(?{_ONE_CLASS}\)?)*)(?P<rest>.*)$"
)
_SECOND_STAR = re.compile(r"\+\(?(?:\.\.|[dg]?[OBAFGKMWCDSN]|sd|wd|WD|comp|\?)|&|comp")
_PREFIX_CLASS = {"usd": 6, "esd": 6, "sd": 6, "sg": 4, "d": 5, "g": 3, "c": 1}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}


def parse_mk(text: str) -> MKType:
    """Read an MK string of any catalogue's habit.

    Blanks do not matter; an O type may be written with a zero (``07Ia``); Mount Wilson prefixes
    (``dK5``, ``gM2``, ``sdF8``) give the class; for Am stars (``kA2hA5mA7``) the hydrogen type
    counts; of a composite the first star is returned with ``composite`` set.

    Raises
    ------
    MKParseError
        For an empty string and for types outside the MK system (white dwarfs, carbon and S
        stars, Wolf-Rayets, L and T dwarfs, hot subdwarfs, ``GB``, ``AGB``, ``HB``).
    """
    raw = re.sub(r"\s+", "", text).replace("\N{EN DASH}", "-").replace("\N{MINUS SIGN}", "-")
    if not raw:
        raise MKParseError("the type is empty")
    composite = bool(_SECOND_STAR.search(raw))
    first = _without_metal_types(re.sub(r"^0(?=\d)", "O", re.split(r"\+(?![IV])|&", raw)[0]))
    match = _TYPE.match(first)
    if match is None or re.search(r"GB$|\(?HB\)?$", first):
        raise MKParseError(f"{text!r} is not an MK type (O, B, A, F, G, K, M)")
    prefix, letter, rest = match["prefix"] or "", match["letter"], match["rest"]
    if prefix in ("sd", "esd", "usd") and letter in "OB":
        raise MKParseError(f"{text!r} is a hot subdwarf, which has no MK type")
    if re.match(r"[A-HJ-UW-Z]", rest) or rest.startswith("[S"):
        raise MKParseError(f"{text!r} is not an MK type: {rest!r} stands where a class would")
    subtype, ends = _subtype(match)
    classes, peculiarity = _classes(rest, prefix)
    return MKType(letter if subtype is None else LETTERS[int(ends_middle(ends) // 10)],
                  subtype, ends, classes, peculiarity, composite)  # fmt: skip


def ends_middle(ends: tuple[float, float]) -> float:
    """The middle of a subtype range on 0–70."""
    return 0.5 * (ends[0] + ends[1])


def _without_metal_types(text: str) -> str:
    """For Am and λ Boo notations keep the hydrogen type and the class that follows it."""
    am = _AM.search(text)
    if am:
        return am["h"] + _METAL.sub("m", am["rest"])
    hydrogen = _HG.match(text)
    return hydrogen["h"] + _METAL.sub("m", hydrogen["rest"]) if hydrogen else text


def _subtype(match: re.Match[str]) -> tuple[float | None, tuple[float, float]]:
    row = 10.0 * letter_index(match["letter"])
    if match["sub"] is None:
        return None, (row, row + 10.0)
    low = row + float(match["sub"])
    high = low
    if match["sub2"] is not None:
        high = 10.0 * letter_index(match["letter2"] or match["letter"]) + float(match["sub2"])
    low, high = min(low, high), max(low, high)
    middle = 0.5 * (low + high)
    return round(middle - 10.0 * (middle // 10), 3), (low, high)


def _classes(rest: str, prefix: str) -> tuple[tuple[int, ...], str]:
    found = _CLASSES.match(rest)
    if found is None:
        prefixed = _PREFIX_CLASS.get(prefix)
        return ((prefixed,) if prefixed else ()), rest
    classes = sorted({_one_class(part) for part in re.findall(_ONE_CLASS, found["classes"])})
    if prefix in ("sd", "esd", "usd"):
        classes = [6]
    return tuple(classes), (found["between"] + found["rest"]).strip(":.?()")


def _one_class(text: str) -> int:
    roman = re.search(r"III|II|IV|VI|I|V", text)
    assert roman is not None
    return _ROMAN[roman.group()]
