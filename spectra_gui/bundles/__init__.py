"""Bundles on disk: load and verify, write, find, install. numpy and safetensors only; no torch."""

from spectra_gui.bundles.bundle import Bundle, BundleError, Member, Novelty
from spectra_gui.bundles.find import BundleEntry, default_bundle_path, find_bundle, find_bundles
from spectra_gui.bundles.likeness import Likeness, likeness_to_bytes
from spectra_gui.bundles.load import load_bundle, load_weights
from spectra_gui.bundles.neighbours import Neighbours, neighbours_to_bytes
from spectra_gui.bundles.write import BundleContent, MemberWeights, write_bundle

__all__ = [
    "Bundle",
    "BundleContent",
    "BundleEntry",
    "BundleError",
    "Likeness",
    "Member",
    "MemberWeights",
    "Neighbours",
    "Novelty",
    "default_bundle_path",
    "find_bundle",
    "find_bundles",
    "likeness_to_bytes",
    "load_bundle",
    "load_weights",
    "neighbours_to_bytes",
    "write_bundle",
]
