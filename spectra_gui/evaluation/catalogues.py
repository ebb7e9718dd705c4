"""How well two catalogues agree on the same stars: the anchor for every accuracy.

Reads the label columns of the labelled libraries. The second column is a list keyed by Hipparcos
number; partly shared sources make these agreements upper limits. Knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.labels import fainter_class, read_labels
from spectra_gui.evaluation.outputs import OutputsError
from spectra_gui.evaluation.rows import Labels, Scored, score_answers

Texts = NDArray[np.str_]


def compare_catalogues(stellar_folder: Path) -> list[tuple[str, Scored]]:
    """Titles and agreements: MILES and CFLIB each with the Hipparcos list, and with each other.

    The first catalogue of a title is the label, the second the answer; only stars to which both
    give a full MK type count.

    Raises
    ------
    OutputsError
        If a library's file is not in the folder.
    """
    from spectra_gui.training.dataset import LIBRARIES

    miles, cflib = (_columns(stellar_folder / LIBRARIES[n].file) for n in ("miles", "cflib"))
    found = [
        ("MILES list – Hipparcos-keyed list", agree(miles["label"], miles["second"], miles)),
        ("CFLIB header – Hipparcos-keyed list", agree(cflib["label"], cflib["second"], cflib)),
    ]
    place = {star: i for i, star in enumerate(cflib["star"].tolist())}
    shared = [i for i, star in enumerate(miles["star"].tolist()) if star in place]
    others = cflib["label"][[place[str(miles["star"][i])] for i in shared]]
    here = {name: column[shared] for name, column in miles.items()}
    return [
        *found,
        ("MILES list – CFLIB header (partly copied)", agree(here["label"], others, here)),
    ]


def second_labels(ids: NDArray[np.str_], stellar_folder: Path) -> Texts:
    """(n,) what the Hipparcos-keyed list says of ``ids`` such as ``"miles:0001"``; "" for nothing.

    Raises
    ------
    OutputsError
        If a library's file is not in the folder.
    """
    from spectra_gui.training.dataset import LIBRARIES

    columns: dict[str, Texts] = {}
    found = []
    for name, _, row in (str(one).partition(":") for one in ids):
        if name not in columns:
            columns[name] = _columns(stellar_folder / LIBRARIES[name].file)["second"]
        found.append(str(columns[name][int(row)]))
    return np.array(found, dtype=str)


def agree(first: Sequence[str] | Texts, second: Sequence[str] | Texts, table: dict[str, Texts]
) -> Scored:  # fmt: skip
    """The second label column scored against the first, where both are full MK types.

    Parameters
    ----------
    first, second : (n,) MK strings
    table : its ``system`` column (n,) names the star systems
    """
    code, luminosity = read_labels([str(text) for text in first])
    other_code, other_luminosity = read_labels([str(text) for text in second])
    both = np.isfinite(code) & np.isfinite(other_code)
    labels = Labels(code[both], luminosity[both], table["system"][both])
    answers = Labels(other_code[both], other_luminosity[both], table["system"][both])
    return score_answers(answers.letter, fainter_class(answers.luminosity), answers.code, labels)


def _columns(path: Path) -> dict[str, Texts]:
    from astropy.io import fits

    if not path.is_file():
        raise OutputsError(f"{path} is not there. Name the folder of the labelled data.")
    with fits.open(path, memmap=False) as hdus:
        table = hdus[1].data
        names = {"label": "label", "second": "label_hipparcos", "star": "star", "system": "system"}
        return {
            key: np.array([str(text).strip() for text in table[column]])
            if column in table.names
            else np.full(len(table), "")
            for key, column in names.items()
        }
