"""Tables of the formats for the README and for `.github/READERS.md`, made from `formats()`.

    python -m tests.readers.page [--write]

What the tables tell of a format is held by the tests of its family (`holding.holds`); the source is
the first address in its module's docstring.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from pathlib import Path
from typing import Final

from spectra_gui.readers import families
from spectra_gui.readers.listing import FormatInfo, built_in_formats
from tests.benchmarks.report import put_between

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / ".github" / "READERS.md"
README: Final = ROOT / "README.md"
MARKS: Final = ("<!-- formats -->", "<!-- /formats -->")
_FAMILIES: Final = Path(str(families.__file__)).parent

GROUPS: Final = {
    "Surveys": (
        "sdss-spec sdss-image sdss-v lamost lamost-table desi apogee gaia galah weave fourmost "
        "aaomega sixdf twodfgrs twoslaq"
    ),
    "Observatories and pipelines": (
        "eso-phase3 eso-pipeline giraffe harps e2ds elodie espadons polarbase echelle echelle-cube "
        "makee pypeit deimos sprat spextool hst iraf midas"
    ),
    "Amateurs": "bess",
    "Libraries": "miles cflib jacoby stelib pickles calspec mastar xsl",
    "Models": "synphot atlas-grid atlas-text phoenix btsettl",
    "Any program": (
        "text json fits-image fits-rows fits-matrix fits-table votable ecsv hdf5 npz asdf galactic "
        "specutils"
    ),
}


def short_table() -> str:
    """The formats in groups, for the README."""
    infos = {info.name: info for info in built_in_formats()}
    lines = ["| | formats |", "|---|---|"]
    for group, names in GROUPS.items():
        told = "; ".join(infos[name].description for name in names.split())
        lines.append(f"| {group} | {told} |")
    return "\n".join(lines) + "\n"


def full_table() -> str:
    """What is taken from the files of each format, group by group."""
    infos = {info.name: info for info in built_in_formats()}
    lines = []
    for group, names in GROUPS.items():
        lines += [f"### {group}", "", *_HEAD]
        lines += [_row(infos[name]) for name in names.split()]
        lines.append("")
    return "\n".join(lines)


_HEAD: Final = (
    "| read as | what | medium | frame | uncertainty | mask | several spectra | source |",
    "|---|---|---|---|---|---|---|---|",
)


def _row(info: FormatInfo) -> str:
    address = source(info.name)
    cells = (
        f"`{info.name}`",
        info.description,
        info.medium,
        info.frame,
        info.uncertainty,
        info.mask or "–",
        info.several or "–",
        f"[source]({address})" if address else "–",
    )
    return f"| {' | '.join(cells)} |"


def source(name: str) -> str:
    """The first address in the docstring of a family, or ""."""
    text = (_FAMILIES / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    found = re.search(r"https?://[^\s),;]+", ast.get_docstring(ast.parse(text)) or "")
    return found[0].rstrip(".") if found else ""


def main() -> int:
    """Print the tables, or put them between their marks."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.readers.page", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--write", action="store_true", help="into README.md and READERS.md")
    if not parser.parse_args().write:
        sys.stdout.write(full_table())
        return 0
    for page, table in ((README, short_table()), (PAGE, full_table())):
        text = put_between(page.read_text(encoding="utf-8"), table, marks=MARKS)
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
