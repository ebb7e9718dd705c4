"""The torch networks and the table by which a bundle or a config names them.

Knows torch; knows no file, no spectrum and no label. Every activation is a module of its own,
because guided backpropagation replaces modules: a functional or a shared ReLU would silently turn
an explanation into a plain gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from spectra_gui.networks.answering import for_answers
from spectra_gui.networks.base import Network
from spectra_gui.networks.kernel import KernelConfig, KernelNet
from spectra_gui.networks.linear import LinearConfig, LinearNet
from spectra_gui.networks.reference import (
    Conv1DV1Config,
    Conv1DV1Net,
    Conv1DV2Config,
    Conv1DV2Net,
    ResNet50Config,
    ResNet50Net,
)
from spectra_gui.networks.residual import ResidualConfig, ResidualNet
from spectra_gui.networks.rivals import (
    ConvKANConfig,
    ConvKANNet,
    ConvTranConfig,
    ConvTranNet,
)
from spectra_gui.networks.three_branch import ThreeBranchConfig, ThreeBranchNet

__all__ = [
    "KINDS",
    "KernelConfig",
    "KernelNet",
    "LinearConfig",
    "LinearNet",
    "Network",
    "ResidualConfig",
    "ResidualNet",
    "ThreeBranchConfig",
    "ThreeBranchNet",
    "build_network",
    "for_answers",
]

KINDS: Final[dict[str, tuple[Callable[..., Network], type[Any]]]] = {
    "three_branch": (ThreeBranchNet, ThreeBranchConfig),
    "linear": (LinearNet, LinearConfig),
    "kernel": (KernelNet, KernelConfig),
    "residual": (ResidualNet, ResidualConfig),
    "conv1d_v1": (Conv1DV1Net, Conv1DV1Config),
    "conv1d_v2": (Conv1DV2Net, Conv1DV2Config),
    "resnet50_1d": (ResNet50Net, ResNet50Config),
    "conv_tran": (ConvTranNet, ConvTranConfig),
    "conv_kan": (ConvKANNet, ConvKANConfig),
}
"""Name in a config → (module, its config)."""


def build_network(kind: str, architecture: Mapping[str, Any]) -> Network:
    """A freshly initialised network.

    Raises
    ------
    ValueError
        If the kind is not in the table or the architecture names an unknown or wrong value; the
        message says what is allowed.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown network kind {kind!r}; allowed: {', '.join(sorted(KINDS))}")
    network, config = KINDS[kind]
    known = [f.name for f in fields(config)]
    unknown = sorted(set(architecture) - set(known))
    if unknown:
        raise ValueError(f"{kind} has no setting {unknown[0]!r}; allowed: {', '.join(known)}")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in architecture.items()}
    return network(config(**values))
