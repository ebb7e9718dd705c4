"""Write the example spectra of ``resources/examples`` from a bundle's class means.

    python packaging/make_examples.py [--bundle NAME_OR_FOLDER] [--out FOLDER]

Two dozen files over the MK grid with the noise, velocity, resolution, reddening and formats of
real instruments; three of them must be refused. Library spectra are not redistributed: what is
drawn are means over several stars. The seed is fixed, so the same bundle gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from example_formats import DEX_PER_PIXEL, ORIGIN, WRITERS
from example_spectra import Conditions, Observation, observe, observe_nebula, observe_nothing
from numpy.typing import NDArray

from spectra_gui.bundles import find_bundle, load_bundle
from spectra_gui.data import PreparationSpec, Templates, parse_mk

SEED: Final = 20130909

MANIFEST: Final = "EXAMPLES.csv"

MARGIN_KMS: Final = 250.0
"""A file ends this far inside the class means, so that no velocity leaves them."""

COLUMNS: Final = (
    "file", "true_type", "format", "snr_per_pixel", "velocity_kms", "ebv_mag", "fwhm_aa", "medium",
    "expected", "note", "origin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A star to draw: the type that is wanted (the nearest class mean is taken) and how it is seen.

    ``span_aa`` cuts the file, None keeps the whole range; ``expected`` is ``type`` or ``refuse``.
    """

    wanted: str
    format: str
    conditions: Conditions
    step_aa: float = 1.0
    span_aa: tuple[float, float] | None = None
    expected: str = "type"
    note: str = ""


STARS: Final = (
    Example("O8 V", "sdss", Conditions(60, -38.0, 0.55, 3.0)),
    Example("B0 I", "iraf", Conditions(120, 62.0, 0.9, 3.4), 0.8),
    Example("B2 V", "text", Conditions(90, 17.0, 0.2, 3.0)),
    Example("B8 III", "bess", Conditions(150, -24.0, 0.05, 4.0), 0.7),
    Example("A0 V", "bess", Conditions(200, -13.0, 0.0, 3.6), 0.9),
    Example("A2 I", "ecsv", Conditions(110, -5.0, 0.5, 3.0)),
    Example("A5 V", "lamost", Conditions(45, 31.0, 0.1, 3.0)),
    Example("F0 III", "semicolon", Conditions(80, 12.0, 0.0, 3.5)),
    Example("F5 V", "lamost", Conditions(30, -71.0, 0.05, 3.2)),
    Example("F8 I", "iraf", Conditions(140, -9.0, 0.6, 3.0), 0.8),
    Example("G0 V", "csv", Conditions(70, 44.0, 0.0, 3.0)),
    Example("G2 V", "text-gz", Conditions(60, -2.0, 0.0, 3.0)),
    Example("G8 III", "sdss", Conditions(25, -117.0, 0.1, 3.0)),
    Example("K0 III", "iraf", Conditions(100, 23.0, 0.15, 3.0), 1.2),
    Example("K2 V", "sdss", Conditions(35, 8.0, 0.0, 3.0)),
    Example("K3 I", "text", Conditions(90, -15.0, 0.7, 3.0)),
    Example("K5 III", "ecsv", Conditions(80, 54.0, 0.2, 3.0)),
    Example("M0 III", "semicolon", Conditions(60, -33.0, 0.1, 3.8)),
    Example("M2 I", "csv", Conditions(120, 21.0, 0.8, 3.0)),
    Example("M3 V", "sdss", Conditions(40, 26.0, 0.0, 3.0)),
    Example("M6 III", "lamost", Conditions(70, -48.0, 0.2, 3.0)),
)

CUT: Final = Example(
    "K0 III", "text", Conditions(60, 10.0, 0.1, 3.0), 1.0, (6200.0, 6900.0), "refuse",
    "cut-off blue end",
)  # fmt: skip


def make_examples(templates: Templates, spec: PreparationSpec, out: Path) -> list[Path]:
    """Write all examples and their manifest into ``out``; the paths of the spectra in order."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, str]] = []
    for example in (*STARS, CUT):
        wanted = parse_mk(example.wanted)
        assert wanted.code is not None
        assert wanted.class_index is not None
        template = templates.nearest_box(wanted.code, wanted.class_index)
        medium = "vacuum" if example.format in ("sdss", "lamost") else "air"
        axis = _axis(example, spec)
        seen = observe(axis, template, templates, spec, example.conditions, rng, medium=medium)
        rows.append(_write(out, len(rows) + 1, example, seen, templates.names[template]))
    nebula = Example("", "ecsv", Conditions(40, -20.0, 0.0, 3.0), expected="refuse",
                     note="emission lines of a nebula")  # fmt: skip
    seen = observe_nebula(_axis(nebula, spec), nebula.conditions, rng)
    rows.append(_write(out, len(rows) + 1, nebula, seen, ""))
    noise = Example(
        "", "iraf", Conditions(0.1, 0.0, 0.0, 3.0), expected="refuse", note="pure noise"
    )
    seen = observe_nothing(_axis(noise, spec), noise.conditions.fwhm_aa, rng)
    rows.append(_write(out, len(rows) + 1, noise, seen, ""))
    with (out / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return [out / row["file"] for row in rows]


def _axis(example: Example, spec: PreparationSpec) -> NDArray[np.float64]:
    """Pixels inside the class means at every velocity that is drawn, with room for the medium."""
    inside = 1.0 + MARGIN_KMS / 299_792.458
    low, high = example.span_aa or (spec.start_aa, spec.end_aa)
    low, high = max(low, spec.start_aa * inside), min(high, spec.end_aa / inside)
    if example.format in ("sdss", "lamost"):
        first = np.ceil(np.log10(low) / DEX_PER_PIXEL) * DEX_PER_PIXEL
        count = int((np.log10(high) - first) / DEX_PER_PIXEL)
        return np.asarray(10.0 ** (first + DEX_PER_PIXEL * np.arange(count)))
    first = np.ceil(low)
    return np.asarray(first + example.step_aa * np.arange(int((high - first) / example.step_aa)))


def _write(
    out: Path, number: int, example: Example, seen: Observation, true_type: str
) -> dict[str, str]:
    suffix, write = WRITERS[example.format]
    path = out / f"{number:02d}-{example.format}{suffix}"
    write(path, seen)
    conditions = example.conditions
    return {
        "file": path.name,
        "true_type": true_type,
        "format": example.format,
        "snr_per_pixel": f"{conditions.snr:g}",
        "velocity_kms": f"{seen.velocity_kms:g}",
        "ebv_mag": f"{conditions.ebv:g}",
        "fwhm_aa": f"{conditions.fwhm_aa:g}",
        "medium": seen.medium,
        "expected": example.expected,
        "note": example.note,
        "origin": ORIGIN,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the example spectra.")
    parser.add_argument("--bundle", default=None, help="bundle whose class means are drawn")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parents[1] / "resources" / "examples",
        help="folder to write to",
    )
    arguments = parser.parse_args()
    bundle = load_bundle(find_bundle(arguments.bundle))
    paths = make_examples(bundle.templates, bundle.preparation, arguments.out)
    print(f"{len(paths)} spectra in {arguments.out}, from the class means of {bundle.name}")


if __name__ == "__main__":
    main()
