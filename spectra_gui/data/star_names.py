"""Names of bright stars that amateurs write instead of a catalogue number.

Proper names (IAU Working Group on Star Names), Bayer letters and HD numbers: facts. Only stars
whose HD and Hipparcos numbers agree in a labelled library stand here. Knows no spectrum.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_STARS: Final = """
    Aldebaran|alf Tau|29139; Alhena|gam Gem|47105; Alkaid|eta UMa|120315; Almach|gam And|12533;
    Alphard|alf Hya|81797; Alpheratz|alf And|358; Altais|del Dra|180711;
    Arcturus|alf Boo|124897; Bellatrix|gam Ori|35468; Betelgeuse|alf Ori|39801;
    Chara|bet CVn|109358; Cor Caroli|alf2 CVn|112413; Edasich|iot Dra|137759;
    Elnath|bet Tau|35497; Eltanin|gam Dra|164058; Enif|eps Peg|206778; Errai|gam Cep|222404;
    Garnet|mu Cep|206936; Hamal|alf Ari|12929; Keid|omi2 Eri|26965; Kochab|bet UMi|131873;
    Megrez|del UMa|106591; Merak|bet UMa|95418; Mirfak|alf Per|20902; Mizar|zet UMa|116656;
    Muphrid|eta Boo|121370; Navi|gam Cas|5394; Nekkar|bet Boo|133208; Phecda|gam UMa|103287;
    Polaris|alf UMi|8890; Pollux|bet Gem|62509; Ran|eps Eri|22049; Regulus|alf Leo|87901;
    Sadalsuud|bet Aqr|204867; Sadr|gam Cyg|194093; Scheat|bet Peg|217906;
    Sheratan|bet Ari|11636; Spica|alf Vir|116658; Sulafat|gam Lyr|176437; Tabit|pi3 Ori|30652;
    Thuban|alf Dra|123299; Unukalhai|alf Ser|140573; Vindemiatrix|eps Vir|113226;
    Zosma|del Leo|97603; Zubeneschamali|bet Lib|135742
"""
"""Proper name, Bayer letter with constellation, HD number."""

_GREEK: Final = {
    "alpha": "alf", "alp": "alf", "α": "alf", "beta": "bet", "β": "bet", "gamma": "gam", "γ": "gam",
    "delta": "del", "δ": "del", "epsilon": "eps", "ε": "eps", "zeta": "zet", "ζ": "zet",
    "iota": "iot", "ι": "iot", "pi": "pi", "omicron": "omi", "ο": "omi", "μ": "mu", "η": "eta",
}  # fmt: skip

_LEAST_LETTERS: Final = 5
"""Of a proper name at the beginning of other words; shorter ones are words themselves."""


@cache
def _numbers() -> dict[str, str]:
    """HD number by proper name and by Bayer letter, as `_plain` writes them."""
    found = {}
    for entry in _STARS.replace("\n", " ").split(";"):
        proper, bayer, number = (part.strip() for part in entry.split("|"))
        found[_plain(proper)] = found[_plain(bayer)] = number
    return found


def hd_number(text: str) -> str:
    """The HD number of a bright star by its name (``Thuban``, ``alpha Dra``), "" for another."""
    words = re.split(r"[\s_\-.*]+", text.casefold().removeprefix("name ").strip(" *_-."))
    numbers = _numbers()
    if (plain := _plain(" ".join(words))) in numbers:
        return numbers[plain]
    first_two = _plain(" ".join(words[:2]))
    if words[0] in _GREEK.values() or words[0] in _GREEK:
        return numbers.get(first_two, "")
    return numbers.get(words[0], "") if len(words[0]) >= _LEAST_LETTERS else ""


def _plain(name: str) -> str:
    """In small letters without blanks, a Greek letter by three of its own."""
    words = name.casefold().split()
    letter = re.match(r"([a-zα-ω]+)(\d*)$", words[0]) if words else None
    if letter is not None and len(words) == 2:
        words[0] = _GREEK.get(letter[1], letter[1]) + letter[2].lstrip("0")
    return "".join(words)
