"""Names that files of any origin bring, and what a table makes of them."""

from __future__ import annotations

from typing import Final

PLAIN: Final[dict[str, str]] = {
    "two\nlines": r"two\nlines",
    "carriage\rreturn": r"carriage\rreturn",
    "tab\there": r"tab\there",
    "nul\0": r"nul\x00",
    "line\u2028separator": r"line\u2028separator",
    "bytes\udcff": r"bytes\udcff",
    "\ufffe": r"\ufffe",
    "\N{GRINNING FACE} α Lyr \N{WOMAN}\u200d\N{ROCKET}": (
        "\N{GRINNING FACE} α Lyr \N{WOMAN}\u200d\N{ROCKET}"
    ),
    'a, b; "c"': 'a, b; "c"',
    "#first of its line": "#first of its line",
    "<xml> & more": "<xml> & more",
    "+45 1234": "+45 1234",
    "-12.5": "-12.5",
    r"back\slash": r"back\slash",
    "n" * 10_000: "n" * 10_000,
    '=HYPERLINK("http://a","b")': '=HYPERLINK("http://a","b")',
    "+cmd|' /C calc'!A0": "+cmd|' /C calc'!A0",
    "@SUM(1)": "@SUM(1)",
}
"""Name → the same name as every format but CSV holds it, FITS in ASCII."""

FORMULAS: Final = tuple(name for name in PLAIN if name[:2] in ("=H", "+c", "@S"))
"""Names that a spreadsheet would run."""


def in_csv(name: str) -> str:
    """A name as a cell of CSV holds it."""
    return f"'{name}" if name in FORMULAS else PLAIN[name]
