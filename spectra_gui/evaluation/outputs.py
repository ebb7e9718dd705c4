"""The out-of-fold outputs that a bundle carries, so that every score can be computed again.

``oof.npz``: ``ids, system, library, label`` (n,) text, ``feh`` and ``fold`` (n,), ``members`` and
``kinds`` (m,) text, ``logits`` (m, n, 420) float16 by networks that never saw the row's system;
``scored`` (n,) False where a row is kept to be reported apart (all True where it is absent).
For a left-out library ``leftout_<train>_<test>_ids`` (k,) and ``…_logits`` (m, k, 420) by networks
trained without library ``<test>``. ``rule``: how members become one answer, where it is not the
mean of their calibrated probabilities. Knows no score and no network.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from spectra_gui.evaluation.halves import left_out
from spectra_gui.inference.calibrate import N_CELLS, Rule

FILE: Final = "oof.npz"
_PER_SPECTRUM: Final = ("ids", "system", "library", "label", "feh", "fold", "scored")
_COLUMNS: Final = (*_PER_SPECTRUM, "members", "kinds", "logits")


class OutputsError(Exception):
    """Out-of-fold outputs that cannot be scored; the message names the file and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOutOutputs:
    """Outputs of networks trained without library ``test``, for systems that only it has.

    ``ids`` (k,) are among those of `Outputs`, ``logits`` (m, k, 420).
    """

    train: str
    test: str
    ids: NDArray[np.str_]
    logits: NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """All out-of-fold outputs of a bundle; see the module for the fields."""

    ids: NDArray[np.str_]
    system: NDArray[np.str_]
    library: NDArray[np.str_]
    label: NDArray[np.str_]
    feh: NDArray[np.float64]
    fold: NDArray[np.intp]
    scored: NDArray[np.bool_]
    members: tuple[str, ...]
    kinds: tuple[str, ...]
    logits: NDArray[np.floating]
    left_out: tuple[LeftOutOutputs, ...]
    rule: Rule = "mean"

    def rows(self, which: NDArray[np.generic]) -> Outputs:
        """The spectra that a mask or indices choose; the left-out outputs stay whole."""
        columns = {name: getattr(self, name)[which] for name in _PER_SPECTRUM}
        return replace(self, logits=self.logits[:, which], **columns)


def read_outputs(path: Path) -> Outputs:
    """Read and check ``oof.npz``.

    Raises
    ------
    OutputsError
        If it is absent, damaged, or contradicts itself.
    """
    if not path.is_file():
        raise OutputsError(
            f"{path} is not there, so this bundle has no outputs to score. "
            "Train it with folds to get them."
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise OutputsError(f"{path} is damaged ({error}). Install the bundle again.") from error
    # Bundles made before rows were kept apart hold scored rows alone.
    arrays.setdefault("scored", np.ones(len(arrays.get("ids", ())), dtype=bool))
    missing = [name for name in _COLUMNS if name not in arrays]
    if missing:
        raise OutputsError(f"{path} lacks {', '.join(missing)}. Train the bundle again.")
    _check_shapes(path, arrays)
    outputs = Outputs(
        ids=arrays["ids"].astype(str),
        system=arrays["system"].astype(str),
        library=arrays["library"].astype(str),
        label=arrays["label"].astype(str),
        feh=arrays["feh"].astype(np.float64),
        fold=arrays["fold"].astype(np.intp),
        scored=arrays["scored"].astype(bool),
        members=tuple(str(name) for name in arrays["members"]),
        kinds=tuple(str(name) for name in arrays["kinds"]),
        logits=arrays["logits"],
        left_out=_left_out(path, arrays),
        rule=_rule(path, arrays),
    )
    _check_folds(path, outputs)
    return outputs


def _rule(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Rule:
    rule = str(arrays.get("rule", "mean"))
    for known in get_args(Rule):
        if rule == known:
            return known  # type: ignore[no-any-return]
    raise OutputsError(f"{path} joins its members by {rule!r}, which this program does not know.")


def _check_shapes(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    n, m = len(arrays["ids"]), len(arrays["members"])
    uneven = [name for name in _PER_SPECTRUM if arrays[name].shape != (n,)]
    uneven += ["kinds"] if arrays["kinds"].shape != (m,) else []
    if uneven or arrays["logits"].shape != (m, n, N_CELLS):
        raise OutputsError(
            f"{path} contradicts itself: {', '.join(uneven) or 'logits'} "
            f"of {n} spectra and {m} members have another length. Train the bundle again."
        )
    if len(np.unique(arrays["ids"])) != n or not np.isfinite(arrays["logits"]).all():
        raise OutputsError(f"{path} repeats a spectrum or holds no finite outputs.")


def _check_folds(path: Path, outputs: Outputs) -> None:
    held = outputs.fold >= 0
    pairs = {*zip(outputs.system[held].tolist(), outputs.fold[held].tolist(), strict=True)}
    if len(pairs) != len({system for system, _ in pairs}):
        raise OutputsError(f"{path} has a star system in two folds; its scores would be too good.")


def _left_out(path: Path, arrays: Mapping[str, NDArray[Any]]) -> tuple[LeftOutOutputs, ...]:
    library, system = arrays["library"].astype(str), arrays["system"].astype(str)
    place = {str(name): i for i, name in enumerate(arrays["ids"])}
    names = sorted(set(library.tolist()), reverse=True)
    found = []
    for train in names:
        for test in names:
            key = f"leftout_{train}_{test}"
            if f"{key}_ids" not in arrays:
                continue
            ids = [str(name) for name in arrays[f"{key}_ids"]]
            logits = arrays.get(f"{key}_logits", np.empty(0))
            unknown = [name for name in ids if name not in place]
            if unknown or logits.shape != (len(arrays["members"]), len(ids), N_CELLS):
                raise OutputsError(f"{path}: {key} does not fit the rest. Train the bundle again.")
            rows = np.array([place[name] for name in ids], dtype=np.intp)
            if not left_out(system, library, train=train, test=test)[rows].all():
                raise OutputsError(f"{path}: {key} scores stars that {train} holds too.")
            found.append(LeftOutOutputs(train, test, np.array(ids), logits))
    return tuple(found)
