"""How much is lost on worse spectra, by networks of the folds that did not see the star.

A finished run keeps the networks of every fold. Each star is made worse, prepared as any user's
spectrum, and typed by the networks of its own fold, with the temperatures that the other folds
gave; the change is paired with the same star as it is. Knows runs, networks and libraries; knows no
renderer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.bundles.write import put_file
from spectra_gui.data import PreparationSpec, Spectrum, Templates
from spectra_gui.evaluation.bootstrap import Difference, Figure, intervals, paired_difference
from spectra_gui.evaluation.degrade import Degradation, degradations
from spectra_gui.evaluation.entries import Stars
from spectra_gui.evaluation.metrics import NAMED, OF_SUBTYPES
from spectra_gui.evaluation.outputs import OutputsError
from spectra_gui.evaluation.rows import Array, Scored, score_rows
from spectra_gui.evaluation.stars import raw_spectra, spectra_of
from spectra_gui.inference.calibrate import N_CELLS, CrossFit, ensemble_mean
from spectra_gui.prepare import PrepareError, prepare_many

if TYPE_CHECKING:
    from spectra_gui.networks import Network
    from spectra_gui.training.tasks import Result

FILE: Final = "robustness.json"
SCHEMA: Final = 1

AS_THEY_ARE: Final = "as they are"
AT_REST: Final = "as they are, said to be at rest"

BATCH: Final = 64

MARGIN_AA: Final = 150.0
"""Kept beyond both ends of the grid."""

_ORIGIN: Final = (
    "spectra of stars that the asked networks did not learn from, made worse and prepared as any "
    "file is; class means for velocities without the star's fold."
)

_METRICS: Final = ("joint", "letter", "luminosity", "subtype_mean")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of making spectra worse, and what it costs.

    ``figures`` are those of the worse spectra, ``beside`` those of the same spectra before, and
    ``change`` the difference of the joint share (worse minus before, paired over star systems).
    ``n_refused`` could not be prepared and count as wrong.
    """

    name: str
    words: str
    n_spectra: int
    n_systems: int
    n_refused: int
    figures: dict[str, Figure]
    beside: dict[str, Figure]
    change: Difference


@dataclass(frozen=True, slots=True)
class Robustness:
    """All conditions; ``outputs_sha256`` is that of the out-of-fold outputs of the same networks,
    ``origin`` says in a sentence how it was measured.
    """

    outputs_sha256: str
    origin: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FoldNetworks:
    """What a run keeps of a fold: its networks, and class means without the fold's stars."""

    networks: tuple[Network, ...]
    templates: Templates


def measure(
    bundle: Bundle,
    stars: Stars,
    whole: CrossFit,
    run: Path,
    *,
    data_folder: Path,
    outputs_sha256: str,
    tell: Tell = lambda sentence: None,
    ways: Sequence[Degradation] | None = None,
) -> Robustness:
    """Degrade the headline stars in every way and ask the networks of their folds.

    Parameters
    ----------
    run : the work folder of the run that made the bundle
    ways : `degradations` where None

    Raises
    ------
    OutputsError
        If the run is not finished or of another bundle, or the data are not at hand.
    """
    folds = load_folds(bundle, stars, run, data_folder, whole.folds.tolist())
    ids = stars.outputs.ids[stars.headline]
    spectra = [_near_grid(s, bundle.preparation) for s in raw_spectra(ids, data_folder)]
    fold = stars.outputs.fold[stars.headline]
    labels = stars.labels[stars.headline]

    def ask(name: str, asked: Sequence[Spectrum]) -> tuple[Scored, int]:
        tell(f"Asking the networks of the folds: {name}.")
        grid, n_refused = _ask(asked, fold, folds, whole, bundle.preparation)
        return score_rows(grid, labels), n_refused

    before = {
        False: ask(AS_THEY_ARE, spectra),
        True: ask(AT_REST, [s.changed(frame="rest") for s in spectra]),
    }
    conditions = [
        _condition(AS_THEY_ARE, "the library's spectrum, its velocity measured by the program",
                   *before[False], before[True][0]),
    ]  # fmt: skip
    for way in ways if ways is not None else degradations():
        worse = [way.apply(spectrum) for spectrum in spectra]
        if way.at_rest:
            worse = [spectrum.changed(frame="rest") for spectrum in worse]
        answers = ask(way.name, worse)
        conditions.append(_condition(way.name, way.words, *answers, before[way.at_rest][0]))
    return Robustness(outputs_sha256, f"{len(labels)} {_ORIGIN}", tuple(conditions))


def _near_grid(spectrum: Spectrum, spec: PreparationSpec) -> Spectrum:
    """Without what lies far from the grid: it would be made worse and then thrown away."""
    axis = spectrum.wavelength_aa
    near = (axis > spec.start_aa - MARGIN_AA) & (axis < spec.end_aa + MARGIN_AA)
    return spectrum.changed(
        wavelength_aa=axis[near],
        flux=spectrum.flux[near],
        mask=spectrum.bad[near],
        fwhm_aa=None if spectrum.fwhm_aa is None else spectrum.fwhm_aa[near],
    )


def _condition(
    name: str, words: str, scored: Scored, n_refused: int, before: Scored
) -> Condition:  # fmt: skip
    told = scored.has_subtype.any() and before.has_subtype.any()
    metrics = [NAMED[metric] for metric in _METRICS if told or metric not in OF_SUBTYPES]
    return Condition(
        name=name,
        words=words,
        n_spectra=len(scored),
        n_systems=len(np.unique(scored.system)),
        n_refused=n_refused,
        figures=intervals(scored, metrics=metrics),
        beside=intervals(before, metrics=metrics),
        change=paired_difference(scored, before),
    )


def _ask(
    spectra: Sequence[Spectrum],
    fold: NDArray[np.intp],
    folds: dict[int, FoldNetworks],
    whole: CrossFit,
    spec: PreparationSpec,
) -> tuple[Array, int]:
    """(n, 420) calibrated probabilities, all cells alike where a spectrum cannot be prepared."""
    grid = np.full((len(spectra), N_CELLS), 1.0 / N_CELLS)
    n_refused = 0
    for k, number in enumerate(whole.folds.tolist()):
        rows = np.flatnonzero(fold == number)
        prepared = prepare_many([spectra[int(i)] for i in rows], spec, folds[number].templates)
        good = [
            (int(i), p)
            for i, p in zip(rows, prepared, strict=True)
            if not isinstance(p, PrepareError)
        ]
        n_refused += len(rows) - len(good)
        if not good:
            continue
        flux = np.stack([p.flux for _, p in good])
        valid = np.stack([p.valid for _, p in good])
        logits = _logits(folds[number].networks, flux, valid)
        grid[[i for i, _ in good]] = ensemble_mean(
            logits, whole.temperatures[k], float(whole.ensemble_temperatures[k]), whole.rule
        )
    return grid, n_refused


def _logits(
    networks: Sequence[Network], flux: NDArray[np.float32], valid: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(members, n, 420) of prepared spectra (n, n_pixels)."""
    import torch

    x = np.stack([np.where(valid, flux - 1.0, 0.0), valid], 1).astype(np.float32)
    out = np.empty((len(networks), len(x), N_CELLS), np.float32)
    with torch.inference_mode():
        for top in range(0, len(x), BATCH):
            part = torch.from_numpy(x[top : top + BATCH])
            for m, network in enumerate(networks):
                out[m, top : top + BATCH] = network(part).numpy()
    return out


def load_folds(
    bundle: Bundle, stars: Stars, run: Path, data_folder: Path, numbers: Sequence[int]
) -> dict[int, FoldNetworks]:
    """The networks of a run's folds, checked to be those of the bundle's outputs.

    Raises
    ------
    OutputsError
        If the run's folder does not hold them, or holds those of another bundle.
    """
    from spectra_gui.networks import for_answers
    from spectra_gui.training.assemble import class_templates

    outputs = stars.outputs
    data = spectra_of(outputs.ids, data_folder, bundle.preparation)
    found = {}
    for number in numbers:
        networks = tuple(map(for_answers, fold_networks(bundle, stars, run, number)))
        held_back = np.isin(data.system, outputs.system[outputs.fold == number])
        found[number] = FoldNetworks(networks, class_templates(data.rows(~held_back)))
    return found


def fold_networks(bundle: Bundle, stars: Stars, run: Path, number: int) -> tuple[Network, ...]:
    """The networks of one fold as they were built, checked as `load_folds` checks them."""
    import torch

    from spectra_gui.networks import build_network
    from spectra_gui.recipes import ConfigError, read_config
    from spectra_gui.training.tasks import Task, read_result, result_path

    try:
        config = read_config(run / "config.toml")
        tasks = [Task(m, f"fold-{number}") for m in range(len(config.members))]
        results = [read_result(result_path(run, task, config)) for task in tasks]
    except (OSError, ConfigError, KeyError) as error:
        raise OutputsError(
            f"{run} is no finished run with folds ({error}). Name the folder that holds the run's "
            "config.toml and fits."
        ) from error
    if tuple(m.name for m in config.members) != stars.outputs.members:
        raise _other_bundle(bundle, run)
    networks = []
    for m, (member, result) in enumerate(zip(config.members, results, strict=True)):
        _check_same(bundle, stars, m, number, result, run)
        network = build_network(member.kind, config.architecture_of(member))
        network.load_state_dict({k: torch.from_numpy(v) for k, v in result.tensors.items()})
        networks.append(network.eval())
    return tuple(networks)


def _check_same(
    bundle: Bundle, stars: Stars, member: int, number: int, result: Result, run: Path
) -> None:
    """The run's out-of-fold outputs of a member are those that the bundle carries of the fold."""
    outputs = stars.outputs
    place = {str(name): i for i, name in enumerate(outputs.ids)}
    here = [k for k, name in enumerate(result.ids) if str(name) in place]
    rows = [place[str(result.ids[k])] for k in here]
    own = bool(here) and bool((outputs.fold[rows] == number).all())
    if not own or not np.array_equal(outputs.logits[member, rows], result.logits[here]):
        raise _other_bundle(bundle, run)


def _other_bundle(bundle: Bundle, run: Path) -> OutputsError:
    return OutputsError(
        f"{run} is the run of another bundle than {bundle.name}: its networks of the folds gave "
        "other answers. Name the folder of the run that made the bundle."
    )


def store(robustness: Robustness, bundle: Bundle) -> None:
    """Write the results into the bundle's folder and its list of files.

    Its ``bundle.json``, and so its SHA-256, becomes another: to be done before it is released.
    """
    text = json.dumps({"schema": SCHEMA, **asdict(robustness)}, indent=1, ensure_ascii=False)
    put_file(FILE, f"{text}\n".encode(), bundle.path)


def read_stored(bundle: Bundle, outputs_sha256: str) -> Robustness | None:
    """What `store` wrote; None where there is nothing, or it is of other outputs than these.

    Raises
    ------
    OutputsError
        If the file is damaged.
    """
    file = bundle.path / FILE
    if not file.is_file():
        return None
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        found = _from_json(stored)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputsError(f"{file} is damaged ({error}). Install the bundle again.") from error
    return found if found.outputs_sha256 == outputs_sha256 else None


def _from_json(stored: dict[str, Any]) -> Robustness:
    conditions = [
        Condition(
            **{key: c[key] for key in ("name", "words", "n_spectra", "n_systems", "n_refused")},
            figures={name: Figure(**figure) for name, figure in c["figures"].items()},
            beside={name: Figure(**figure) for name, figure in c["beside"].items()},
            change=Difference(**c["change"]),
        )
        for c in stored["conditions"]
    ]
    return Robustness(str(stored["outputs_sha256"]), str(stored["origin"]), tuple(conditions))
