"""The scored spectra again, from the labelled libraries: to fit simple classifiers on, to draw, and
to look up what else is known of the stars.

Knows the libraries through `training.dataset`; knows no score.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import PreparationSpec, Spectrum
from spectra_gui.evaluation.outputs import OutputsError

if TYPE_CHECKING:
    from spectra_gui.training.dataset import LabelledSet


def spectra_of(ids: NDArray[np.str_], data_folder: Path, spec: PreparationSpec) -> LabelledSet:
    """The prepared spectra in the order of ``ids`` such as ``"miles:0001"``.

    Raises
    ------
    OutputsError
        If an id is of no labelled library, or its library's file is not in ``data_folder``.
    """
    from spectra_gui.training.dataset import LIBRARIES, DataError, load_labelled

    names = sorted({str(name).split(":")[0] for name in ids})
    foreign = [name for name in names if name not in LIBRARIES]
    if foreign:
        raise OutputsError(
            f"The spectra of {', '.join(foreign)} are in no labelled library, so the simple "
            "classifiers cannot be fitted on them. Use --no-baseline."
        )
    try:
        data, _ = load_labelled(names, data_folder / "stellar", spec, min_coverage=0.0)
    except DataError as error:
        raise OutputsError(str(error)) from error
    place = {str(name): i for i, name in enumerate(data.ids)}
    missing = [str(name) for name in ids if str(name) not in place]
    if missing:
        raise OutputsError(
            f"{len(missing)} scored spectra ({missing[0]}, …) are not in {data_folder}. "
            "Use the data that the bundle was trained on, or --no-baseline."
        )
    return data.rows(np.array([place[str(name)] for name in ids], dtype=np.intp))


def raw_spectra(ids: NDArray[np.str_], data_folder: Path) -> list[Spectrum]:
    """The spectra of ``ids`` as their libraries hold them, in order; their frame is not said.

    Raises
    ------
    OutputsError
        If an id is of no labelled library, or its library's file is not in ``data_folder``.
    """
    from spectra_gui.training.dataset import LIBRARIES, DataError, read_table

    found: dict[str, Spectrum] = {}
    for name in sorted({str(one).split(":")[0] for one in ids}):
        if name not in LIBRARIES:
            raise OutputsError(f"The spectra of {name} are in no labelled library.")
        library = LIBRARIES[name]
        try:
            table, start_aa, step_aa, fwhm_aa = read_table(data_folder / "stellar" / library.file)
        except DataError as error:
            raise OutputsError(str(error)) from error
        n = np.shape(table["flux"])[1]
        wavelength_aa = start_aa + step_aa * np.arange(n)
        for one in ids:
            if not str(one).startswith(f"{name}:"):
                continue
            flux = np.asarray(table["flux"][int(str(one).split(":")[1])], dtype=np.float64)
            gap = np.zeros(n, bool) if library.gap_below is None else flux < library.gap_below
            found[str(one)] = Spectrum(
                wavelength_aa, flux, mask=gap, fwhm_aa=np.full(n, fwhm_aa), fwhm_origin="header",
                medium=library.medium, name=str(one),
            )  # fmt: skip
    return [found[str(one)] for one in ids]
