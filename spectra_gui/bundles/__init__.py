"""Bundles on disk: load and verify, write, find, install. numpy and safetensors only; no torch."""

from spectra_gui.bundles.bundle import Bundle, BundleError, Member, Novelty
from spectra_gui.bundles.find import BundleEntry, default_bundle_path, find_bundle, find_bundles
from spectra_gui.bundles.load import load_bundle, load_weights
from spectra_gui.bundles.write import BundleContent, MemberWeights, write_bundle

__all__ = [
    "Bundle",
    "BundleContent",
    "BundleEntry",
    "BundleError",
    "Member",
    "MemberWeights",
    "Novelty",
    "default_bundle_path",
    "find_bundle",
    "find_bundles",
    "load_bundle",
    "load_weights",
    "write_bundle",
]
