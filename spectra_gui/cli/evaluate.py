"""``spectra-gui evaluate``: every score of a bundle, computed again from what it carries."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spectra_gui.bundles import Bundle, BundleError, find_bundle, load_bundle
from spectra_gui.cli.options import EXIT_DONE, EXIT_FAILED, say
from spectra_gui.evaluation.convergence import progress_words
from spectra_gui.evaluation.entries import LIBRARY_TITLES, choose_stars
from spectra_gui.evaluation.outputs import FILE, Outputs, OutputsError, read_outputs
from spectra_gui.evaluation.page import Pictures, to_html
from spectra_gui.evaluation.render import (
    MarkersError,
    fill_readme,
    to_json,
    to_markdown,
    to_text,
)
from spectra_gui.evaluation.report import Computed, compute
from spectra_gui.evaluation.table import Report

_EPILOG: Final = """\
The figures come from the out-of-fold outputs in the bundle (oof.npz); nothing is trained but the
simple classifiers that stand beside it. OUT gets report.html (one file with all pictures and
tables, which opens in any browser without a network), report.json and report.md.

The labelled data are looked for in SPECTRA_DATA, else in ../shared/data beside the checkout.

exit status: 0 done, 2 wrong usage, 3 the bundle, the data or the disk failed, 130 interrupted
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        report, pictures = _evaluate(options)
        _write(report, pictures, options)
    except (BundleError, OutputsError, MarkersError) as error:
        say(str(error))
        return EXIT_FAILED
    except OSError as error:
        say(f"{error.filename}: {error.strerror or error}")
        return EXIT_FAILED
    return EXIT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spectra-gui evaluate",
        description="Score a bundle on stars that its networks did not see.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "bundle", nargs="?", metavar="BUNDLE", help="name or folder (default: the one that is used)"
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
    parser.add_argument(
        "--readme",
        type=Path,
        metavar="FILE",
        help="put the table between <!-- accuracy --> and <!-- /accuracy --> of FILE",
    )
    return parser


def _evaluate(options: argparse.Namespace) -> tuple[Report, Pictures | None]:
    bundle = load_bundle(find_bundle(options.bundle))
    file = bundle.path / FILE
    outputs = read_outputs(file)
    computed = compute(
        outputs,
        bundle.preparation,
        data_folder=_data_folder(options.data),
        with_baselines=not options.no_baseline,
        tell=say,
    )
    report = Report(
        bundle=bundle.name,
        bundle_sha256=bundle.sha256,
        outputs_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        command=_command(bundle, options),
        data=_described(outputs),
        rows=computed.rows,
        comparisons=computed.comparisons,
        apart=computed.apart,
        notes=(*computed.notes, *filter(None, [progress_words(bundle.training)])),
        detail=computed.detail,
    )
    return report, _pictures(bundle, computed)


def _pictures(bundle: Bundle, computed: Computed) -> Pictures | None:
    """The spectra of the worst mistakes, where the labelled data are at hand."""
    data = computed.spectra
    if data is None:
        return None
    return Pictures(bundle.preparation, bundle.templates, data.ids, data.flux, data.valid)


def _write(report: Report, pictures: Pictures | None, options: argparse.Namespace) -> None:
    readme = options.readme
    filled = None if readme is None else fill_readme(readme.read_text(encoding="utf-8"), report)
    out = options.out or Path("runs") / f"{report.bundle}-scores"
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(to_json(report), indent=1, ensure_ascii=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.md").write_text(to_markdown(report), encoding="utf-8")
    (out / "report.html").write_text(to_html(report, pictures), encoding="utf-8")
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


def _command(bundle: Bundle, options: argparse.Namespace) -> str:
    """The command without what depends on this machine."""
    words = ["spectra-gui", "evaluate", bundle.name]
    if options.no_baseline:
        words.append("--no-baseline")
    return shlex.join(words)


def _described(outputs: Outputs) -> str:
    """The scored spectra in a sentence."""
    stars = choose_stars(outputs)
    library = stars.outputs.library[stars.headline]
    counts = [
        f"{int((library == name).sum())} of {LIBRARY_TITLES.get(name, name)}"
        for name in sorted(set(library.tolist()), reverse=True)
    ]
    n_systems = len(set(stars.labels.system[stars.headline].tolist()))
    n_folds = len(set(stars.outputs.fold.tolist()))
    return (
        f"{len(library)} spectra ({', '.join(counts)}) of {n_systems} star systems with a full MK "
        f"type of class I–V, {n_folds} folds by system."
    )
