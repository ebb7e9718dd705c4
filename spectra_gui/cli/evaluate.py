"""``spectra-gui evaluate``: every score of a bundle, computed again from what it carries."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spectra_gui.bundles import BundleError, find_bundle, load_bundle
from spectra_gui.cli.options import EXIT_DONE, EXIT_FAILED, Parser, say
from spectra_gui.evaluation.evaluate import Evaluated, evaluate_bundle, write_report
from spectra_gui.evaluation.outputs import OutputsError
from spectra_gui.evaluation.render import MarkersError, fill_readme, to_text

_EPILOG: Final = """\
The figures come from the out-of-fold outputs in the bundle (oof.npz); nothing is trained but the
simple classifiers that stand beside it. A bundle without them is asked about the labelled stars
that it did not learn from. OUT gets report.html (one file with all pictures and
tables, which opens in any browser without a network), report.json and report.md; where there
are explanations, explanations.json too.

The labelled data are looked for in SPECTRA_DATA, else in ../shared/data beside the checkout.

exit status: 0 done, 2 wrong usage, 3 the bundle, the data or the disk failed, 130 interrupted
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    measured = options.robustness or options.explanations
    if options.robustness and options.run is None:
        parser.error("--robustness needs --run, the folder of the run that made BUNDLE")
    if options.run is not None and not measured:
        parser.error("--run needs --robustness or --explanations, which ask its networks")
    if options.keep and not measured:
        parser.error("--keep needs --robustness or --explanations, whose results it writes")
    try:
        _write(_evaluate(options), options)
    except (BundleError, OutputsError, MarkersError) as error:
        say(str(error))
        return EXIT_FAILED
    except OSError as error:
        say(f"{error.filename}: {error.strerror or error}")
        return EXIT_FAILED
    return EXIT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui evaluate",
        description="Score a bundle on stars that its networks did not see.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "bundle", nargs="?", metavar="BUNDLE", help="name or folder (default: the one that is used)"
    )
    parser.add_argument(
        "other", nargs="?", metavar="BUNDLE2", help="a second bundle, put beside on the same stars"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of the labelled data (stellar/ inside)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for the report (default: runs/BUNDLE-scores)",
    )
    parser.add_argument(
        "--no-baseline", action="store_true", help="do not fit the simple classifiers"
    )
    _add_measurements(parser)
    parser.add_argument(
        "--readme",
        type=Path,
        metavar="FILE",
        help="put the table between <!-- accuracy --> and <!-- /accuracy --> of FILE",
    )
    return parser


def _add_measurements(parser: argparse.ArgumentParser) -> None:
    """What takes minutes and is measured only where it is asked for."""
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="make the spectra worse and ask the networks of the folds (minutes; needs --run)",
    )
    parser.add_argument(
        "--explanations",
        action="store_true",
        help="explain a sample of the stars and measure how far that can be believed (minutes; "
        "with --run by networks that did not see the star)",
    )
    parser.add_argument(
        "--run",
        type=Path,
        metavar="DIR",
        help="work folder of the run that made BUNDLE, where the networks of its folds are",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="write the robustness and the explanations into BUNDLE, so that later reports show "
        "them (changes its SHA-256)",
    )


def _evaluate(options: argparse.Namespace) -> Evaluated:
    other = None if options.other is None else load_bundle(find_bundle(options.other))
    return evaluate_bundle(
        load_bundle(find_bundle(options.bundle)),
        data_folder=_data_folder(options.data),
        other=other,
        run=options.run,
        keep=options.keep,
        with_baselines=not options.no_baseline,
        with_robustness=options.robustness,
        with_explanations=options.explanations,
        tell=say,
    )


def _write(evaluated: Evaluated, options: argparse.Namespace) -> None:
    report, readme = evaluated.report, options.readme
    filled = None if readme is None else fill_readme(readme.read_text(encoding="utf-8"), report)
    out = options.out or Path("runs") / f"{report.bundle}-scores"
    write_report(evaluated, out)
    if filled is not None:
        readme.write_text(filled, encoding="utf-8")
    sys.stdout.write(to_text(report))
    say(f"{out / 'report.html'}, report.json and report.md written.")


def _data_folder(asked: Path | None) -> Path | None:
    """Where the labelled data are, or None; raises `OutputsError` for a wrong ``--data``."""
    if asked is not None:
        if not (asked / "stellar").is_dir():
            raise OutputsError(f"{asked} holds no folder stellar/. Name the one that does.")
        return asked
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SPECTRA_DATA", beside))
    return folder if (folder / "stellar").is_dir() else None
