"""A whole bundle with networks that never learnt anything: small, and always the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from spectra_gui.bundles import MemberWeights, Novelty, write_bundle
from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.networks import build_network
from tests.contents import make_content

_ARCHITECTURES = {
    "three_branch": {"channels": (4, 4, 4), "squeezed": 2, "hidden": 8},
    "residual": {"widths": (4, 4), "depths": (1, 1), "squeezed": 2, "hidden": 8},
}


def write_tiny_bundle(folder: Path) -> Path:
    """Write the bundle into the new ``folder`` and return it."""
    spec = PreparationSpec()
    members = []
    for kind, architecture in _ARCHITECTURES.items():
        torch.manual_seed(7)
        network = build_network(kind, {**architecture, "n_pixels": spec.n_pixels})
        tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        members.append(
            MemberWeights(kind, kind, {**architecture, "n_pixels": spec.n_pixels}, 1.0, tensors)
        )
    content = make_content(
        folder.name,
        preparation=spec,
        members=tuple(members),
        templates=_templates(spec),
        novelty=_novelty(spec),
    )
    return write_bundle(content, folder)


def _templates(spec: PreparationSpec) -> Templates:
    """Two made stars: lines as narrow as the grid's resolution, of two depths."""
    flux = np.ones((2, spec.n_pixels), np.float32)
    for line_aa in (3933.7, 3968.5, 4340.5, 4861.3, 6562.8):
        profile = np.exp(-0.5 * ((spec.wavelength_aa - line_aa) / 4.0) ** 2)
        flux -= np.array([[0.4], [0.2]]) * profile
    return Templates(
        ("A0 V", "G2 V"),
        np.array([20.0, 42.0]),
        np.array([4, 4]),
        flux.astype(np.float32),
        np.array([5, 5]),
    )


def _novelty(spec: PreparationSpec) -> Novelty:
    components = np.zeros((1, spec.n_pixels), np.float32)
    components[0, 0] = 1.0
    return Novelty(np.ones(spec.n_pixels, np.float32), components, 1.0)
