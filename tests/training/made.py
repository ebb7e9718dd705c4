"""Made stars and a small untrained bundle on a coarse grid, so that a fit takes milliseconds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import MemberWeights, Novelty, write_bundle
from spectra_gui.data import LUMINOSITY_NAMES, PreparationSpec, Templates
from spectra_gui.data.mk import subtype_name
from spectra_gui.networks import build_network
from spectra_gui.prepare import normalise
from spectra_gui.recipes import (
    AugmentConfig,
    DataConfig,
    MemberConfig,
    OptimiserConfig,
    RunConfig,
)
from spectra_gui.training import LabelledSet
from tests.contents import make_content

SPEC = PreparationSpec(start_aa=3900.0, step_aa=6.0, n_pixels=420, fwhm_aa=14.0)
ARCHITECTURES = {
    "three_branch": {"kernels": [3, 5], "channels": [4, 4], "squeezed": 2, "hidden": 8},
    "residual": {"widths": [4, 4], "depths": [1, 1], "squeezed": 2, "hidden": 8},
}
MEMBERS = tuple(
    MemberConfig(f"small-{kind}", kind, 3 + i, ARCHITECTURES[kind])
    for i, kind in enumerate(ARCHITECTURES)
)
BALMER_AA = (4101.7, 4340.5, 4861.3, 6562.8)
METAL_AA = (4226.7, 4383.5, 5167.3, 5270.0, 5889.9, 6162.2)


def star_flux(
    wavelength_aa: NDArray[np.float64], code: float, luminosity: int, seed: int = 0
) -> NDArray[np.float64]:
    """Flux of a made star: Balmer lines strongest at A0, metals grow to M, giants narrower."""
    width = (9.0, 8.0, 7.0, 10.0, 14.0, 14.0)[luminosity]
    balmer = 0.6 * np.exp(-0.5 * ((code - 20.0) / 14.0) ** 2)
    metal = 0.7 / (1.0 + np.exp(-(code - 42.0) / 8.0))
    flux = np.ones_like(wavelength_aa)
    for lines, depth in ((BALMER_AA, balmer), (METAL_AA, metal)):
        for line in lines:
            flux -= depth * np.exp(-0.5 * ((wavelength_aa - line) / width) ** 2)
    return flux + np.random.default_rng(seed).normal(0.0, 0.004, len(flux))


def made_types(n: int) -> list[tuple[int, int]]:
    """(row, column) of n stars, spread over A to M and over giants and dwarfs."""
    rows = [20, 25, 31, 36, 42, 45, 50, 53, 60, 63]
    return [(rows[i % len(rows)], (4, 2)[(i // len(rows)) % 2]) for i in range(n)]


def label_of(row: int, column: int) -> str:
    return f"{subtype_name(row)} {LUMINOSITY_NAMES[column]}"


def made_set(n: int = 60, *, spectra_a_star: int = 1) -> LabelledSet:
    """Prepared spectra of ``n`` stars, each with its full MK type."""
    types = [t for t in made_types(n) for _ in range(spectra_a_star)]
    raw = np.stack([star_flux(SPEC.wavelength_aa, r, c, i) for i, (r, c) in enumerate(types)])
    valid = np.ones(raw.shape, bool)
    flux, _ = normalise(raw.astype(np.float32), valid, SPEC.continuum_sigma_aa / SPEC.step_aa)
    luminosity = np.zeros((len(types), 6))
    luminosity[np.arange(len(types)), [c for _, c in types]] = 1.0
    stars = np.array([f"star {i // spectra_a_star}" for i in range(len(types))])
    return LabelledSet(
        ids=np.array([f"table:{i:05d}" for i in range(len(types))]),
        library=np.full(len(types), "table"),
        star=stars,
        system=np.char.replace(stars, " ", ""),
        label=np.array([label_of(r, c) for r, c in types]),
        flux=flux.astype(np.float32),
        valid=valid,
        code=np.array([float(r) for r, _ in types]),
        luminosity=luminosity,
        scored=np.ones(len(types), bool),
        composite=np.zeros(len(types), bool),
        disputed=np.zeros(len(types), bool),
        feh=np.full(len(types), np.nan),
        teff_k=np.full(len(types), np.nan),
        logg=np.full(len(types), np.nan),
    )


def made_config(**changes: object) -> RunConfig:
    """A run from scratch on a label table that takes a second."""
    values: dict[str, object] = {
        "name": "made",
        "data": DataConfig(label_table="labels.csv", validation=0.2),
        "preparation": SPEC,
        "augment": AugmentConfig(draws=2),
        "optimiser": OptimiserConfig(epochs=6, batch_size=16, learning_rate=1e-2, settled=0.0),
        "members": MEMBERS,
    }
    return RunConfig(**{**values, **changes})  # type: ignore[arg-type]


def write_stars(folder: Path, n: int = 40) -> Path:
    """``n`` text spectra at rest in ``folder`` with a label table; returns the table."""
    folder.mkdir(parents=True, exist_ok=True)
    wavelength = np.arange(3830.0, 6480.0, 4.0)
    override = json.dumps({"frame": "rest", "medium": "air", "fwhm_aa": 12.0})
    lines = ["file;index;star;type;override"]
    for i, (row, column) in enumerate(made_types(n)):
        flux = star_flux(wavelength, row, column, 100 + i)
        np.savetxt(folder / f"s{i:02d}.txt", np.column_stack([wavelength, flux]), fmt="%.6g")
        quoted = override.replace('"', '""')
        lines.append(f's{i:02d}.txt;0;made {i};{label_of(row, column)};"{quoted}"')
    table = folder / "labels.csv"
    table.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return table


def write_base(folder: Path, *, stars: tuple[str, ...] = ()) -> Path:
    """A bundle of the small networks, untrained, whose templates are made stars."""
    members = []
    for member in MEMBERS:
        torch.manual_seed(member.seed)
        architecture = {**member.architecture, "n_pixels": SPEC.n_pixels}
        network = build_network(member.kind, architecture)
        tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        members.append(MemberWeights(member.name, member.kind, architecture, 1.0, tensors))
    data = made_set(10)
    components = np.linalg.qr(data.flux.T.astype(np.float64))[0].T.astype(np.float32)
    populated = np.zeros((70, 6), bool)
    populated[data.code.astype(int), data.luminosity.argmax(1)] = True
    content = make_content(
        folder.name,
        preparation=SPEC,
        members=tuple(members),
        templates=Templates(
            tuple(data.label.tolist()), data.code, data.luminosity.argmax(1), data.flux,
            np.full(10, 5),
        ),
        novelty=Novelty(data.flux.mean(0), components, 0.05),
        populated=populated,
        training={"stars": list(stars)},
    )  # fmt: skip
    return write_bundle(content, folder)
