"""What a finished bundle can be given without training: trust statistics, its training stars.

Knows bundles on disk and their out-of-fold outputs; trains nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, likeness_to_bytes, load_bundle, neighbours_to_bytes
from spectra_gui.bundles.likeness import LIKENESS
from spectra_gui.bundles.neighbours import NEIGHBOURS
from spectra_gui.bundles.write import copy_with_file
from spectra_gui.inference.calibrate import Rule, ensemble_mean
from spectra_gui.training.dataset import LabelledSet, load_labelled
from spectra_gui.training.neighbours import make_neighbours, star_facts
from spectra_gui.training.trust import HeldOutAnswers, fit_likeness, held_out_answers

OUTPUTS: Final = "oof.npz"
NO_FOLD: Final = -1
"""Of rows that always teach."""


def stored_data(bundle: Bundle, data_folder: Path) -> LabelledSet:
    """The spectra of the labelled libraries that a bundle learnt from."""
    told = bundle.training["config"]["data"]
    data, _ = load_labelled(
        list(told["libraries"]), data_folder / "stellar", bundle.preparation,
        min_coverage=float(told["min_coverage"]),
    )  # fmt: skip
    kept_back = set(bundle.training.get("test", {}).get("ids", ()))
    return data.rows(np.array([str(name) not in kept_back for name in data.ids]))


def stored_answers(bundle: Bundle, data: LabelledSet) -> tuple[HeldOutAnswers, NDArray[np.float64]]:
    """What a bundle's out-of-fold outputs say of the scored rows, and their (h, 420) probabilities.

    Raises ``OSError`` and ``KeyError`` where the bundle has none.
    """
    with np.load(bundle.path / OUTPUTS, allow_pickle=False) as arrays:
        ids, system, fold = arrays["ids"], arrays["system"], arrays["fold"]
        counted = arrays["scored"] if "scored" in arrays.files else np.ones(len(ids), bool)
        place = {str(name): i for i, name in enumerate(data.ids)}
        counted = counted & np.array([str(name) in place for name in ids])
        logits = arrays["logits"][:, counted].astype(np.float32)
    folds = dict(zip(system.tolist(), fold.tolist(), strict=True))
    of_row = np.array([folds.get(name, NO_FOLD) for name in data.system.tolist()], dtype=np.intp)
    rows = np.array([place[str(name)] for name in ids[counted]], dtype=np.intp)
    temperatures = np.array([member.temperature for member in bundle.members])
    rule: Rule = bundle.calibration.get("rule", "mean")
    own = float(bundle.calibration["ensemble_temperature"])
    probabilities = ensemble_mean(logits, temperatures, own, rule)
    return held_out_answers(rows, of_row, logits, temperatures, probabilities), probabilities


def add_likeness(folder: Path, out: Path, data_folder: Path) -> Path:
    """A finished bundle with its `Likeness` fitted again, in the new folder ``out``.

    From its own out-of-fold outputs and the labelled libraries that its training names; no network
    is trained. Returns ``out``.

    Parameters
    ----------
    data_folder : where the labelled libraries stand (``stellar/`` inside)

    Raises
    ------
    BundleError, DataError
        Where the bundle or the libraries are not whole.
    """
    bundle = load_bundle(folder)
    data = stored_data(bundle, data_folder)
    held_out, _ = stored_answers(bundle, data)
    likeness = fit_likeness(data, held_out, bundle.preparation)
    if likeness is None:
        raise ValueError(f"{bundle.name} has too few held-out stars to tell what is strange")
    return copy_with_file(folder, out, LIKENESS, likeness_to_bytes(likeness))


def add_neighbours(folder: Path, out: Path, data_folder: Path) -> Path:
    """A finished bundle with the table of its training stars, in the new folder ``out``.

    The stars are those of the labelled libraries that its training names; nothing is fitted anew
    but the components of their spectra. Returns ``out``.

    Parameters
    ----------
    data_folder : where the labelled libraries stand (``stellar/`` inside)

    Raises
    ------
    BundleError, DataError
        Where the bundle or the libraries are not whole.
    """
    bundle = load_bundle(folder)
    data = stored_data(bundle, data_folder)
    libraries = bundle.training["config"]["data"]["libraries"]
    table = make_neighbours(data, star_facts(libraries, data_folder / "stellar"))
    if table is None:
        raise ValueError(f"{bundle.name} learnt from too few stars to be near to")
    return copy_with_file(folder, out, NEIGHBOURS, neighbours_to_bytes(table))
