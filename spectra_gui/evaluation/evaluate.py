"""A bundle to its report: from Python what ``spectra-gui evaluate`` does.

    from spectra_gui.bundles import default_bundle_path, load_bundle
    from spectra_gui.evaluation.evaluate import evaluate_bundle, write_report
    evaluated = evaluate_bundle(load_bundle(default_bundle_path()), data_folder=None)
    write_report(evaluated, Path("report"))

Knows which parts there are; each part has its own module.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.evaluation import explanations as explaining
from spectra_gui.evaluation.convergence import progress_words
from spectra_gui.evaluation.entries import LIBRARY_TITLES, Stars, calibrate, choose_stars
from spectra_gui.evaluation.explanations import Explanations
from spectra_gui.evaluation.outputs import FILE, OutputsError, read_outputs
from spectra_gui.evaluation.page import to_html
from spectra_gui.evaluation.page_detail import Pictures
from spectra_gui.evaluation.pair import (
    Answered,
    Pair,
    answers_about_strangers,
    answers_out_of_fold,
    pair_up,
)
from spectra_gui.evaluation.render import to_json, to_markdown
from spectra_gui.evaluation.report import Computed, compute, compute_strangers
from spectra_gui.evaluation.robustness import Robustness, measure, read_stored, store
from spectra_gui.evaluation.table import Report

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A report, and the spectra of its worst mistakes where they are at hand."""

    report: Report
    pictures: Pictures | None


def evaluate_bundle(
    bundle: Bundle,
    *,
    data_folder: Path | None,
    other: Bundle | None = None,
    run: Path | None = None,
    keep: bool = False,
    with_baselines: bool = True,
    with_robustness: bool = True,
    with_explanations: bool = False,
    tell: Tell = lambda sentence: None,
) -> Evaluated:
    """Everything that can be reported of a bundle.

    Parameters
    ----------
    data_folder : the labelled data (``stellar/`` inside), or None where there are none
    other : a bundle to put beside it
    run : the work folder of the run that made the bundle, to measure robustness anew with the
        networks of its folds; None to show what the bundle holds of it
    keep : whether to write what was measured into the bundle, whose SHA-256 it changes
    with_baselines : whether to fit the simple classifiers, which needs the data
    with_robustness : whether to measure robustness where there is a run
    with_explanations : whether to measure explanations anew, which needs the data, by the networks
        of the run's folds where there is a run; otherwise what the bundle holds of it is shown
    tell : is told what is being computed

    Raises
    ------
    OutputsError
        If nothing can be scored, or the data or the run do not fit the bundle.
    """
    digest = _outputs_digest(bundle)
    computed = _compute(bundle, data_folder, with_baselines=with_baselines, tell=tell)
    asked = run if with_robustness else None
    robustness, notes = _robustness(bundle, computed, digest, data_folder, asked, tell)
    explanations = (
        _explanations(bundle, computed, digest, data_folder, run, tell)
        if with_explanations
        else explaining.read_stored(bundle, digest)
    )
    if keep:
        if asked is not None and robustness is not None:
            store(robustness, bundle)
        if with_explanations and explanations is not None:
            explaining.store(explanations, bundle)
        bundle = load_bundle(bundle.path)
    command = _command(
        bundle, other, run, with_baselines=with_baselines or not digest,
        with_robustness=asked is not None, with_explanations=with_explanations,
    )  # fmt: skip
    pair = None if other is None else _pair(bundle, computed, other, data_folder, tell)
    report = Report(
        bundle=bundle.name,
        bundle_sha256=bundle.sha256,
        outputs_sha256=digest,
        command=command,
        data=_described(computed),
        rows=computed.rows,
        comparisons=computed.comparisons,
        apart=computed.apart,
        notes=(*computed.notes, *notes, *filter(None, [progress_words(bundle.training)])),
        detail=computed.detail,
        robustness=robustness,
        pair=pair,
        explanations=explanations,
    )
    return Evaluated(report, _pictures(bundle, computed))


def _outputs_digest(bundle: Bundle) -> str:
    """SHA-256 of the out-of-fold outputs; "" without any."""
    file = bundle.path / FILE
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _compute(
    bundle: Bundle, data_folder: Path | None, *, with_baselines: bool, tell: Tell
) -> Computed:
    """What the bundle's outputs say, or what it says of stars that are new to it."""
    file = bundle.path / FILE
    # One thread: the same sums on every machine, and no threads that wait for busy processors.
    with threadpool_limits(1):
        if not file.is_file():
            return compute_strangers(bundle, data_folder)
        return compute(
            read_outputs(file), bundle.preparation, data_folder=data_folder,
            with_baselines=with_baselines, tell=tell,
        )  # fmt: skip


def write_report(evaluated: Evaluated, folder: Path) -> None:
    """``report.html``, ``report.json`` and ``report.md`` in a folder that is made if need be.

    ``explanations.json`` too, where the report has explanations.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = evaluated.report
    text = json.dumps(to_json(report), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.md").write_text(to_markdown(report), encoding="utf-8")
    (folder / "report.html").write_text(to_html(report, evaluated.pictures), encoding="utf-8")
    if report.explanations is not None:
        text = explaining.to_text(report.explanations)
        (folder / explaining.FILE).write_text(text, encoding="utf-8")


def _robustness(
    bundle: Bundle, computed: Computed, digest: str, data_folder: Path | None, run: Path | None,
    tell: Tell,
) -> tuple[Robustness | None, list[str]]:  # fmt: skip
    """Measured anew where there is a run, else what the bundle holds, and a note on what is not."""
    if run is not None:
        if computed.stars is None or computed.whole is None:
            raise OutputsError(
                f"{bundle.name} carries no out-of-fold outputs that the networks of {run} could be "
                "compared with. Train it with folds."
            )
        if data_folder is None:
            raise OutputsError(
                "To make spectra worse, the labelled ones are needed. Name their folder with "
                "--data."
            )
        found = measure(
            bundle, computed.stars, computed.whole, run, data_folder=data_folder,
            outputs_sha256=digest, tell=tell,
        )  # fmt: skip
        return found, []
    stored = read_stored(bundle, digest) if digest else None
    if stored is not None or not digest:
        return stored, []
    return None, [
        "Robustness (noise, resolution, velocity, reddening, gaps, shifts) is not shown: it needs "
        "networks that did not see the star, and the bundle holds only those that saw all. Name "
        "the run that made it with --robustness --run DIR."
    ]


def _explanations(
    bundle: Bundle, computed: Computed, digest: str, data_folder: Path | None, run: Path | None,
    tell: Tell,
) -> Explanations:  # fmt: skip
    from spectra_gui.evaluation.explained import measure as explain

    if computed.stars is None:
        raise OutputsError(
            f"{bundle.name} carries no out-of-fold outputs, which say what stars it was scored on. "
            "Train it with folds, or leave --explanations out."
        )
    if data_folder is None:
        raise OutputsError(
            "To explain stars, the labelled ones are needed. Name their folder with --data."
        )
    return explain(
        bundle, computed.stars, data_folder=data_folder, outputs_sha256=digest, run=run, tell=tell
    )


def _pair(
    bundle: Bundle, computed: Computed, other: Bundle, data_folder: Path | None, tell: Tell
) -> Pair:
    tell(f"Putting {other.name} beside.")
    if computed.stars is None or computed.whole is None:
        first = answers_about_strangers(bundle, data_folder)
    else:
        first = answers_out_of_fold(bundle, computed.stars, computed.whole)
    return pair_up(first, _answers(other, data_folder))


def _answers(bundle: Bundle, data_folder: Path | None) -> Answered:
    file = bundle.path / FILE
    if not file.is_file():
        return answers_about_strangers(bundle, data_folder)
    stars = choose_stars(read_outputs(file))
    return answers_out_of_fold(bundle, stars, calibrate(stars))


def _pictures(bundle: Bundle, computed: Computed) -> Pictures | None:
    data = computed.spectra
    if data is None:
        return None
    return Pictures(bundle.preparation, bundle.templates, data.ids, data.flux, data.valid)


def _command(
    bundle: Bundle, other: Bundle | None, run: Path | None, *, with_baselines: bool,
    with_robustness: bool, with_explanations: bool,
) -> str:  # fmt: skip
    """The command without what depends on this machine."""
    words = ["spectra-gui", "evaluate", bundle.name, *([other.name] if other else [])]
    words += [] if with_baselines else ["--no-baseline"]
    words += ["--robustness"] if with_robustness else []
    words += ["--explanations"] if with_explanations else []
    words += ["--run", run.name] if run else []
    return shlex.join(words)


def _described(computed: Computed) -> str:
    """The scored spectra in a sentence."""
    stars = computed.stars
    if stars is None:
        row = computed.rows[0]
        return (
            f"{row.n_spectra} spectra of {row.stars}, of {row.n_systems} star systems with a full "
            "MK type of class I–V that the bundle did not learn from."
        )
    return _outputs_described(stars)


def _outputs_described(stars: Stars) -> str:
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
