"""What goes through a pipe comes out the same, bit for bit; what is no message is refused."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spectra_gui.data import (
    Alternative,
    Decision,
    Explanation,
    LineMatch,
    MemberOpinion,
    Override,
    OverrideChoice,
    Prepared,
    ReadError,
    Reading,
    Spectrum,
    Strip,
    Verdict,
)
from spectra_gui.engine import protocol
from spectra_gui.engine.protocol import ProtocolError, read_message, write_message


def through(value: Any) -> Any:
    """``value`` after a way through a stream, with another message behind it."""
    stream = io.BytesIO()
    write_message(stream, "one", value=value)
    write_message(stream, "two", value=None)
    stream.seek(0)
    first, second = read_message(stream), read_message(stream)
    assert first is not None
    assert second is not None
    assert second.kind == "two"
    assert read_message(stream) is None
    return first["value"]


def assert_same(left: Any, right: Any) -> None:
    """Equal in type and value, arrays bit for bit, to the last leaf."""
    assert type(left) is type(right)
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)
    elif dataclasses.is_dataclass(left):
        for f in dataclasses.fields(left):
            assert_same(getattr(left, f.name), getattr(right, f.name))
    elif isinstance(left, list | tuple):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            assert_same(a, b)
    elif isinstance(left, float) and left != left:
        assert right != right
    else:
        assert left == right


def a_spectrum(**values: Any) -> Spectrum:
    flux = np.array([1.0, np.nan, np.inf, -0.0])
    return Spectrum(np.array([4000.0, 4001.5, 4003.0, 4010.0]), flux, **values)


READING = Reading(
    path="star.fits",
    format="FITS",
    reader="fits_wcs",
    spectra=(
        a_spectrum(sigma=np.array([0.1, np.nan, 0.0, 2.0]), name="α Lyr", velocity_kms=-13.9),
        a_spectrum(fwhm_aa=np.full(4, 2.5), fwhm_origin="header", medium="vacuum", frame="rest"),
    ),
    decisions=(Decision("Medium", "vacuum", "AIRORVAC", assumed=True),),
    warnings=("Two pixels are bad.",),
    choices=(OverrideChoice("medium", "Medium", "air", ("air", "vacuum")),),
    override=Override(columns=("0", "1"), rows=(1, 2), velocity_kms=float("nan")),
)
VERDICT = Verdict(
    np.random.default_rng(0).random((70, 6)), "G2 V", "G", 2.0, "V", 0.9, (41.0, 43.0),
    ((42, 4), (43, 4)), "G2–G3 V", (Alternative("G2 IV", 0.1),),
    (MemberOpinion("a", "residual", "G2 V", 0.8),), None, 0.3, "measured", float("inf"), 0.98,
    0.7, "caution", ("The blue end is missing.",), "mk", "0" * 64, "G2 V",
)  # fmt: skip
PREPARED = Prepared(
    np.ones(7, np.float32), np.ones(7, bool), np.ones(7, np.float32), None, 1.5, None,
    "measured", 9.0, 50.0, None, "none", 1.0, ("It was smoothed.",),
)  # fmt: skip
EXPLANATION = Explanation(
    "joint", "G2 V", np.linspace(4000, 5000, 9),
    (Strip("k = 5", "guided_grad_cam", np.zeros(9), np.ones(9),
           (LineMatch(4340.5, 0.8, "Hγ", 4340.47),), True),), "mk",
)  # fmt: skip


@pytest.mark.parametrize(
    "value", [READING, VERDICT, PREPARED, EXPLANATION, Override(), [VERDICT, PREPARED, None]]
)
def test_values_come_out_as_they_went_in(value: Any) -> None:
    assert_same(through(value), value)


def test_a_read_error_keeps_its_four_parts() -> None:
    error = through(ReadError("empty", "It is empty.", "Look for another.", "a.txt"))
    assert isinstance(error, ReadError)
    assert error.args == ("empty", "It is empty.", "Look for another.", "a.txt")


def test_facts_of_a_header_that_no_message_holds_become_text() -> None:
    meta = {"ra_deg": np.float64(1.5), "n": np.int64(3), "when": object, "list": [1, (2, None)]}
    back = through(a_spectrum(meta=meta)).meta
    assert back == {"ra_deg": 1.5, "n": 3, "when": str(object), "list": [1, (2, None)]}


def test_a_file_name_that_is_no_text_survives() -> None:
    name = b"\xff\xfe.fits".decode(errors="surrogateescape")
    assert through(name) == name


def test_arrays_come_out_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        through(np.ones(3))[0] = 2.0


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.tuples(inner, inner)
        | st.lists(inner).map(tuple)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_any_tree_of_plain_values_comes_out_as_it_went_in(tree: Any) -> None:
    assert_same(_listed(through(tree)), _listed(tree))


def _listed(tree: Any) -> Any:
    """Mappings as lists of pairs, so that NaN inside them can be compared."""
    if isinstance(tree, dict):
        return [(key, _listed(value)) for key, value in tree.items()]
    if isinstance(tree, list | tuple):
        return type(tree)([_listed(value) for value in tree])
    return tree


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.dtype(t) for t in ("f4", "f8", "i8", "u2", "?", ">f8")]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9),
    )
)
def test_any_array_of_numbers_comes_out_as_it_went_in(array: Any) -> None:
    assert_same(through(array), array)


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, b"bytes", np.array(["text"]), np.array([None])],
    ids=["object", "set", "bytes", "text array", "object array"],
)
def test_what_is_no_value_of_the_protocol_is_not_sent(value: Any) -> None:
    with pytest.raises(ProtocolError, match="not carried"):
        through(value)


def _line(**changed: Any) -> bytes:
    head = {"kind": "x", "fields": {}, "arrays": [], "n_bytes": 0} | changed
    return json.dumps(head).encode() + b"\n"


@pytest.mark.parametrize(
    "data",
    [
        b"hello\n",
        b"{}\n",
        b"[]\n",
        b"\xff\xfe\n",
        b"no end",
        b"[" * 100_000 + b"\n",
        _line(n_bytes=2**40),
        _line(n_bytes=-8),
        _line(n_bytes=8),
        _line(n_bytes=8) + b"12345678",
        _line(arrays=[["<f8", [2**60]]]),
        _line(arrays=[["<f8", [-1]]]),
        _line(arrays=[["|O", [1]]], n_bytes=8) + b"12345678",
        _line(fields={"a": {"$": "array", "v": 3}}),
        _line(fields={"a": {"$": "Popen", "v": {"args": "ls"}}}),
        _line(fields={"a": {"$": "Override", "v": {"colour": "red"}}}),
        _line(fields={"a": {"plain": "object"}}),
        _line(fields={"a": {"$": "Spectrum", "v": {"wavelength_aa": [2, 1], "flux": [0, 0]}}}),
    ],
)
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_message(io.BytesIO(data))


def test_a_message_cut_short_is_refused() -> None:
    stream = io.BytesIO()
    write_message(stream, "one", value=np.arange(100))
    whole = stream.getvalue()
    for length in (1, 50, len(whole) - 1):
        with pytest.raises(ProtocolError):
            read_message(io.BytesIO(whole[:length]))


def test_a_message_beyond_the_limit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_ARRAY_BYTES", 1000)
    with pytest.raises(ProtocolError, match="too large"):
        write_message(io.BytesIO(), "one", value=np.zeros(1000))


def test_a_field_that_is_missing_is_named() -> None:
    with pytest.raises(ProtocolError, match="'path'"):
        protocol.Message("read", {})["path"]
