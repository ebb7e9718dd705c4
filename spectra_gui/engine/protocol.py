"""Messages between the program and its children: one JSON line, then raw array bytes.

The line holds the kind of message, its fields and the type and shape of every array; the arrays
follow, each padded to eight bytes. Values of `spectra_gui.data` are written by name and rebuilt
by their own constructors, which check them; nothing that arrives can run code. Numbers keep every
bit, NaN and infinities included. Knows the frozen values, and no process, reader or network.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import (
    Alternative,
    Decision,
    Explanation,
    FileHead,
    FileMapping,
    LineMatch,
    MemberOpinion,
    Override,
    OverrideChoice,
    Prepared,
    ReadError,
    Reading,
    Spectrum,
    Strip,
    TableHead,
    Verdict,
)
from spectra_gui.data.opinion import Neighbour, SecondOpinion, Seen

MAX_LINE_BYTES: Final = 64 * 2**20
MAX_ARRAY_BYTES: Final = 2 * 2**30
_ALIGNMENT: Final = 8
_TAG: Final = "$"
_VALUES: Final[dict[str, type[Any]]] = {
    cls.__name__: cls
    for cls in (
        Alternative,
        Decision,
        Explanation,
        FileHead,
        FileMapping,
        LineMatch,
        MemberOpinion,
        Neighbour,
        Override,
        OverrideChoice,
        Prepared,
        Reading,
        SecondOpinion,
        Seen,
        Spectrum,
        Strip,
        TableHead,
        Verdict,
    )
}


class ProtocolError(Exception):
    """Bytes that are no message of this protocol, or a value that it does not carry."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its kind (``read``, ``typed``, …) and its fields by name."""

    kind: str
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise ProtocolError(f"message {self.kind!r} lacks the field {name!r}") from None


def encode(message: Message) -> Iterator[bytes | memoryview]:
    """The parts of a message in the order in which they are written.

    Raises
    ------
    ProtocolError
        For a value that the protocol does not carry and for messages beyond the size limits.
    """
    arrays: list[NDArray[Any]] = []
    packed = {name: _pack(value, arrays) for name, value in message.fields.items()}
    n_bytes = sum(_padded(a.nbytes) for a in arrays)
    layout = [[a.dtype.str, list(a.shape)] for a in arrays]
    head = {"kind": message.kind, "fields": packed, "arrays": layout, "n_bytes": n_bytes}
    line = json.dumps(head, separators=(",", ":")).encode("ascii") + b"\n"
    if len(line) > MAX_LINE_BYTES or n_bytes > MAX_ARRAY_BYTES:
        raise ProtocolError(f"message {message.kind!r} is too large to send")
    yield line
    for array in arrays:
        if array.nbytes:
            yield array.reshape(-1).view(np.uint8).data
        yield bytes(_padded(array.nbytes) - array.nbytes)


def write_message(stream: BinaryIO, kind: str, **values: Any) -> None:
    """Encode and write one message, and flush.

    Raises
    ------
    ProtocolError, OSError
        For what cannot be encoded, and where the other side has gone (``BrokenPipeError``).
    """
    for part in encode(Message(kind, values)):
        stream.write(part)
    stream.flush()


def read_message(stream: BinaryIO) -> Message | None:
    """The next message, or None where the stream ends between two messages.

    Raises
    ------
    ProtocolError
        For bytes that are no message and for a stream that ends inside one.
    """
    line = stream.readline(MAX_LINE_BYTES)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise ProtocolError("the stream ended inside a message, or its first line is too long")
    try:
        head = json.loads(line)
        n_bytes, kind, packed = int(head["n_bytes"]), str(head["kind"]), dict(head["fields"])
        if not 0 <= n_bytes <= MAX_ARRAY_BYTES:
            raise ProtocolError("a message announces more array bytes than are allowed")
        arrays = _split(_read_exactly(stream, n_bytes), head["arrays"])
        values = {name: _unpack(value, arrays) for name, value in packed.items()}
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ProtocolError(f"not a message: {error}") from error
    return Message(kind, values)


def _padded(n_bytes: int) -> int:
    return -(-n_bytes // _ALIGNMENT) * _ALIGNMENT


def _read_exactly(stream: BinaryIO, n_bytes: int) -> bytes:
    data = stream.read(n_bytes) if n_bytes else b""
    if len(data) != n_bytes:
        raise ProtocolError("the stream ended inside a message")
    return data


def _split(data: bytes, layout: list[Any]) -> list[NDArray[Any]]:
    """Views of the arrays in ``data``, read-only and without a copy."""
    arrays, start = [], 0
    for dtype_text, shape in layout:
        dtype = np.dtype(str(dtype_text))
        if dtype.kind not in "biuf":
            raise ProtocolError(f"arrays of type {dtype_text!r} are not carried")
        sizes = [int(n) for n in shape]
        if min(sizes, default=0) < 0:
            raise ProtocolError("an array has a negative size")
        count = math.prod(sizes)
        flat = np.frombuffer(data, dtype, count, start) if count else np.empty(0, dtype)
        arrays.append(flat.reshape(sizes))
        start += _padded(count * dtype.itemsize)
    if start != len(data):
        raise ProtocolError("the arrays of a message do not fill its bytes")
    return arrays


def _pack(value: Any, arrays: list[NDArray[Any]]) -> Any:
    """``value`` as JSON; arrays are appended to ``arrays`` and named by their number."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return _pack(value.item(), arrays)
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise ProtocolError(f"arrays of type {value.dtype} are not carried")
        arrays.append(np.ascontiguousarray(value))
        return {_TAG: "array", "v": len(arrays) - 1}
    if isinstance(value, tuple):
        return {_TAG: "tuple", "v": [_pack(v, arrays) for v in value]}
    if isinstance(value, list):
        return [_pack(v, arrays) for v in value]
    if isinstance(value, Mapping):
        return {_TAG: "dict", "v": {str(k): _pack(v, arrays) for k, v in value.items()}}
    if isinstance(value, ReadError):
        parts = [value.code, value.reason, value.advice, value.path, value.has_columns]
        return {_TAG: "ReadError", "v": parts}
    name: str = type(value).__name__
    if _VALUES.get(name) is not type(value):
        raise ProtocolError(f"values of type {name} are not carried")
    items = {f.name: getattr(value, f.name) for f in fields(value)}
    if isinstance(value, Spectrum):
        items["meta"] = {str(k): _plain(v) for k, v in value.meta.items()}
    return {_TAG: name, "v": {k: _pack(v, arrays) for k, v in items.items()}}


def _plain(value: Any) -> Any:
    """A fact of a header as a value that the protocol carries: what it does not know is text."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return (
            type(value)([_plain(v) for v in value]) if type(value) in (list, tuple) else str(value)
        )
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value
    if value is None or isinstance(value, bool | int | float | str | np.bool_ | np.number):
        return value
    return str(value)


def _unpack(value: Any, arrays: list[NDArray[Any]]) -> Any:
    if isinstance(value, list):
        return [_unpack(v, arrays) for v in value]
    if not isinstance(value, dict):
        return value
    tag, inner = value[_TAG], value["v"]
    if tag == "array":
        return arrays[inner]
    if tag == "tuple":
        return tuple(_unpack(v, arrays) for v in inner)
    if tag == "dict":
        return {k: _unpack(v, arrays) for k, v in inner.items()}
    if tag == "ReadError":
        code, reason, advice, path, has_columns = inner
        return ReadError(code, reason, advice, path, has_columns=has_columns)
    return _VALUES[tag](**{k: _unpack(v, arrays) for k, v in inner.items()})
