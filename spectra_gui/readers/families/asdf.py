"""ASDF with a spectrum: specutils' ``Spectrum`` and other trees with named arrays.

Source: https://asdf-standard.readthedocs.io/en/latest/file_layout.html (blocks and tree) and the
schema ``spectrum`` of specutils,
https://github.com/astropy/specutils/tree/main/specutils/io/asdf/schemas . Tags are not followed,
so that no object is made; arrays in other files, which ASDF may name by address, are left alone.
"""

from __future__ import annotations

import bz2
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override
from spectra_gui.readers import axes
from spectra_gui.readers.arraygroups import read_groups
from spectra_gui.readers.arrays import in_memory
from spectra_gui.readers.found import NO_NOISE, UNSTATED, Claim, Found, Piece
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.yamltree import YamlError, load_plain_yaml

NAME: Final = "asdf"
TAKES: Final = frozenset({"columns"})

_BLOCK: Final = b"\xd3BLK"
_TREE_END: Final = b"\n..."
_NOISE_KINDS: Final = {"std": "sigma", "var": "variance", "ivar": "ivar"}
_OWN_KEYS: Final = ("history", "asdf_library")
_MAX_BLOCKS: Final = 10_000


def sniff(probe: Probe) -> bool:
    """The first line is ``#ASDF``."""
    return probe.kind == "asdf"


def read(probe: Probe, override: Override) -> Found:
    """The spectra of specutils in the tree, else what the arrays' names tell."""
    tree, blocks = _open(probe)
    spectra = list(_spectra(tree, set())) if override.columns is None else []
    if spectra:
        return _found(probe, spectra, blocks)
    arrays, units = _gathered(tree, blocks)
    return read_groups(
        probe,
        in_memory(arrays),
        units,
        override,
        description="ASDF arrays",
        evidence="first line #ASDF",
    )


def array_heads(probe: Probe, n: int) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """The first numbers of each array by its path, and the units of those that state one."""
    arrays, units = _gathered(*_open(probe))
    return {name: np.atleast_2d(array)[0][:n] for name, array in arrays.items()}, units


def _gathered(tree: Any, blocks: _Blocks) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    gathered = _Gathered(blocks)
    gathered.collect(tree, "")
    return gathered.arrays, gathered.units


def _open(probe: Probe) -> tuple[Any, _Blocks]:
    end = probe.data.find(_TREE_END)
    text = probe.data[: end if end >= 0 else len(probe.data)]
    try:
        tree = load_plain_yaml(text.decode("utf-8", errors="replace"))
    except YamlError as error:
        raise probe.fail(
            "damaged", f"{probe.name} is ASDF, but {error}.", "Copy or download it again."
        ) from None
    return tree, _Blocks(probe, max(end, 0))


def _spectra(node: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    """All mappings of the tree with a flux and a spectral axis, each once."""
    if not isinstance(node, dict | list) or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, dict) and "flux" in node and "spectral_axis" in node:
        yield node
        return
    values = node if isinstance(node, list) else [v for k, v in node.items() if k not in _OWN_KEYS]
    for value in values:
        yield from _spectra(value, seen)


def _found(probe: Probe, spectra: list[dict[str, Any]], blocks: _Blocks) -> Found:
    found = Found("ASDF, specutils Spectrum", "flux and spectral_axis in the tree", [])
    kinds: set[str] = set()
    units: set[str] = set()
    for node in spectra[: probe.caps.spectra]:
        axis, axis_unit = _quantity(node["spectral_axis"], blocks)
        flux, flux_unit = _quantity(node["flux"], blocks)
        if axis is None or flux is None:
            raise probe.fail(
                "unsupported",
                f"{probe.name} keeps the arrays of its spectrum in another place or form.",
                "Write it again with all arrays inside (all_array_storage='internal').",
            )
        uncertainty = node.get("uncertainty")
        stated = uncertainty if isinstance(uncertainty, dict) else {}
        noise = blocks.array(stated.get("data"))
        kinds.add(str(stated.get("uncertainty_type", "none")) if noise is not None else "none")
        mask = blocks.array(node.get("mask"))
        units.add(axis_unit)
        for row, values in enumerate(np.atleast_2d(flux)):
            found.pieces.append(
                Piece(
                    axis=axis,
                    flux=np.asarray(values, np.float64),
                    noise=_row(noise, row, values.size),
                    bad=None if mask is None else _row(mask, row, values.size) != 0.0,
                    flux_unit=flux_unit,
                    row=len(found.pieces),
                )
            )
    unit = axes.parse_unit(units.pop()) if len(units) == 1 else ""
    found.unit = Claim(unit, "unit of spectral_axis") if unit else UNSTATED
    kind = kinds.pop() if len(kinds) == 1 else "several"
    known = kind in _NOISE_KINDS
    found.noise = Claim(_NOISE_KINDS[kind], f"uncertainty_type: {kind}") if known else NO_NOISE
    return found


def _row(array: NDArray[np.float64] | None, row: int, size: int) -> Any:
    if array is None:
        return None
    rows = np.atleast_2d(array)
    values = rows[row] if row < rows.shape[0] else rows[0]
    return values if values.size == size else None


def _quantity(node: Any, blocks: _Blocks) -> tuple[NDArray[np.float64] | None, str]:
    """Values and unit of a quantity, or of a bare array."""
    if isinstance(node, dict) and "value" in node:
        return blocks.array(node["value"]), str(node.get("unit", ""))
    return blocks.array(node), ""


class _Blocks:
    """The binary blocks behind the tree, unpacked when asked."""

    def __init__(self, probe: Probe, after: int) -> None:
        self._probe = probe
        self._places: list[tuple[int, int, bytes, int]] = []
        data, place = probe.data, probe.data.find(_BLOCK, after)
        while place >= 0 and data[place : place + 4] == _BLOCK and len(data) >= place + 54:
            if len(self._places) >= _MAX_BLOCKS:
                break
            (size,) = struct.unpack(">H", data[place + 4 : place + 6])
            allocated, used, unpacked = struct.unpack(">QQQ", data[place + 14 : place + 38])
            start = place + 6 + size
            self._places.append((start, used, data[place + 10 : place + 14], unpacked))
            place = start + allocated

    def array(self, node: Any) -> NDArray[np.float64] | None:
        """The numbers of an ndarray node, or None where it is none, or is in another file."""
        if isinstance(node, list):
            return _numbers(node)
        if not isinstance(node, dict):
            return None
        if isinstance(node.get("data"), list):
            return _numbers(node["data"])
        source, kind = node.get("source"), node.get("datatype")
        shape = node.get("shape")
        if not isinstance(source, int) or not isinstance(kind, str) or not isinstance(shape, list):
            return None
        if not all(isinstance(n, int) and n >= 0 for n in shape) or node.get("strides"):
            return None
        dtype = _dtype(kind, str(node.get("byteorder", "big")))
        if dtype is None or not -len(self._places) <= source < len(self._places):
            return None
        count = int(np.prod(shape, dtype=np.int64)) if shape else 1
        if count > self._probe.caps.total_points:
            raise self._probe.fail(
                "too_large",
                f"{self._probe.name} holds an array of {count} values.",
                "Save only the spectrum of interest.",
            )
        data = self._bytes(source)
        offset = int(node.get("offset", 0) or 0)
        if offset < 0 or offset + count * dtype.itemsize > len(data):
            raise self._probe.fail(
                "truncated",
                f"{self._probe.name} ends in the middle of a block.",
                "Download or copy it again.",
            )
        values = np.frombuffer(data, dtype, count, offset).astype(np.float64)
        return values.reshape(shape)

    def _bytes(self, index: int) -> bytes:
        start, used, packing, unpacked = self._places[index]
        raw = self._probe.data[start : start + used]
        if packing == b"\x00" * 4:
            return raw
        if unpacked > self._probe.caps.bytes:
            raise self._probe.fail(
                "too_large",
                f"{self._probe.name} unpacks to {unpacked / 1e6:.0f} MB.",
                "Save only the spectrum of interest.",
            )
        # To zlib a limit of 0 is none.
        unpacked = max(unpacked, 1)
        if packing == b"zlib":
            return zlib.decompressobj().decompress(raw, unpacked)
        if packing == b"bzp2":
            return bz2.BZ2Decompressor().decompress(raw, unpacked)
        raise self._probe.fail(
            "unsupported",
            f"{self._probe.name} is packed with {packing.decode('latin-1')}.",
            "Write it again without compression, or with zlib.",
        )


def _dtype(kind: str, order: str) -> np.dtype[Any] | None:
    allowed = {"float16", "float32", "float64", "bool8"}
    allowed |= {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    if kind not in allowed:
        return None
    dtype = np.dtype("bool" if kind == "bool8" else kind)
    return dtype.newbyteorder("<" if order == "little" else ">")


def _numbers(values: list[Any]) -> NDArray[np.float64] | None:
    """Numbers written in the tree, in one or two dimensions; deeper lists may be a trap."""
    rows = values if values and isinstance(values[0], list) else [values]
    if not all(isinstance(row, list) for row in rows):
        return None
    if not all(isinstance(v, int | float | None) for row in rows for v in row):
        return None
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return None


@dataclass(slots=True)
class _Gathered:
    """Arrays of a tree by their path, with units."""

    blocks: _Blocks
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def collect(self, node: Any, path: str) -> None:
        """Put the arrays below ``node`` into `arrays`; aliases are followed once."""
        if not isinstance(node, dict) or id(node) in self.seen:
            return
        self.seen.add(id(node))
        for key, value in node.items():
            if key in _OWN_KEYS:
                continue
            name = f"{path}{key}"
            values, unit = _quantity(value, self.blocks)
            if values is None:
                self.collect(value, f"{name}/")
            elif values.ndim in (1, 2):
                self.arrays[name] = values
                if unit:
                    self.units[name] = unit
