r"""Tables as LaTeX and AASTeX write them, as plain lines: cells between ampersands, a row each.

Source: https://journals.aas.org/aastexguide/ (deluxetable: \colhead, \nodata, \startdata).
Knows lines of text; knows no numbers.
"""

from __future__ import annotations

import re
from typing import Final

_RULE: Final = re.compile(
    r"\\(hline|toprule|midrule|bottomrule|tableline|startdata|enddata|cline\{[^}]{0,300}\}|"
    r"(begin|end)\{[^}]{0,300}\}(\[[^\]]{0,300}\])?(\{[^}]{0,300}\}){0,9})"
)
_HEAD: Final = re.compile(r"\\(tablehead|colhead|textbf|textrm|mathrm|rm|text|multicolumn)\b")
_SIGNS: Final = (
    (r"\\nodata\b", "nan"),
    (r"\\AA\b|\\r\{A\}|\\angstrom\b", "Å"),
    (r"\\lambda\b", "lambda"),
    (r"\\mu\b", "µ"),
    (r"\\sigma\b", "sigma"),
    (r"\\(pm|,|;|!|quad|phn|phs|phd|phm)(?![a-zA-Z])\s*|~", " "),
)


def is_latex(text: str) -> bool:
    """Whether rows of cells end in a double backslash."""
    return "&" in text and "\\\\" in text and any(map(_ends_a_row, text.splitlines()))


def _ends_a_row(line: str) -> bool:
    cell, _, rest = line.partition("&")
    return "%" not in cell and "\\\\" in rest


def latex_lines(text: str) -> list[str]:
    """One line a row, cells between ampersands, without rules and commands; others as they are."""
    text = re.sub(r"\\pm(?![a-zA-Z])|±", "&", text)
    rows: list[str] = []
    for line in re.sub(r"\\\\(\[[^\]\n]{0,40}\])?", "\n", text).splitlines():
        line = _RULE.sub(" ", line)
        if "&" in line:
            line = _HEAD.sub(" ", line)
            for sign, word in _SIGNS:
                line = re.sub(sign, word, line)
            line = re.sub(r"[${}]", "", line)
        if line.strip():
            rows.append(line)
    return rows
