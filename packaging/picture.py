"""Takes the README's picture anew: the window with the examples, one of them shown.

    .spectra-env/bin/python packaging/picture.py [--shown NAME] [--out FILE]

Needs no display. All pictures of all sizes and schemes: python -m spectra_gui.window.screenshots.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bootstrap import EXAMPLES, examples
from environment import ROOT

from spectra_gui.window.screenshots import save_window_picture

SHOWN = "09-lamost.fits.gz"
"""An F dwarf, whose evidence stands on lines of several elements."""


def main() -> int:
    """Save the picture; return 1 where that was not possible."""
    parser = argparse.ArgumentParser(prog="picture.py", description="Take the README's picture.")
    parser.add_argument("--shown", default=SHOWN, help="example to show (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "window.png")
    options = parser.parse_args()
    files = examples()
    shown = files.index(str(EXAMPLES / options.shown))
    return 0 if save_window_picture(files, options.out, chosen=shown) else 1


if __name__ == "__main__":
    sys.exit(main())
