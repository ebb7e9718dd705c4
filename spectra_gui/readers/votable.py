"""VOTables as `views.View`s, without ever following a reference out of the file.

Source: https://www.ivoa.net/documents/VOTable/ 1.4. A STREAM with href, a document type or an
entity is refused before parsing: astropy would fetch files and addresses.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final

import numpy as np

from spectra_gui.readers.probe import Probe
from spectra_gui.readers.views import Column, Facts, View

_STREAM: Final = re.compile(rb"<(?:[\w.-]+:)?STREAM\b", re.I)
_CELL: Final = re.compile(rb"<(?:[\w.-]+:)?TD\b", re.I)
_FIELD: Final = re.compile(rb"<(?:[\w.-]+:)?(?:FIELD|PARAM)\b", re.I)
_ENCODING: Final = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?!utf-8|(us-)?ascii|iso-8859-|latin|windows-125)",
    re.I,
)
_MAX_TAG: Final = 10_000
_ENTITY: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def votable_views(probe: Probe) -> list[View]:
    """All tables of a VOTable.

    Raises ``ReadError``: ``unsupported`` for references, ``damaged`` for broken XML.
    """
    data = probe.data
    if len(data) > probe.caps.text_bytes:
        raise probe.fail(
            "too_large",
            f"{probe.name} is a VOTable of {len(data) / 1e6:.0f} MB.",
            "Save the spectra of interest as FITS and open those.",
        )
    if _ENCODING.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise probe.fail(
            "unsupported",
            f"{probe.name} is XML in an unusual encoding.",
            "Save it again in UTF-8.",
        )
    if any(_names_a_place(data, match.end()) for match in _STREAM.finditer(data)):
        raise probe.fail(
            "unsupported",
            f"{probe.name} keeps its data in another place (href), which is never followed.",
            "Save it again with the data inside (TABLEDATA or BINARY2).",
        )
    _refuse_too_many(probe, _CELL, probe.caps.cells, "cells")
    _refuse_too_many(probe, _FIELD, probe.caps.columns, "columns and parameters")
    if _ENTITY.search(data):
        raise probe.fail(
            "unsupported",
            f"{probe.name} defines XML entities, which no honest VOTable does.",
            "Save it again without a document type.",
        )
    from astropy.io.votable import parse
    from astropy.io.votable.exceptions import VOWarning

    try:
        document = parse(io.BytesIO(data), verify="ignore", invalid="mask")
        return [_view(table, document) for table in document.iter_tables()]
    except (VOWarning, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _damaged(probe, error) from None
    except Exception as error:
        # expat's errors have no public class but this name.
        if type(error).__name__ not in ("ExpatError", "DALFormatError"):
            raise
        raise _damaged(probe, error) from None


def _names_a_place(data: bytes, begin: int) -> bool:
    """Whether the tag whose attributes begin there may have an href.

    A ``>`` may stand in a quoted value, and an unfinished tag is not trusted.
    """
    quote = b""
    for place in range(begin, min(len(data), begin + _MAX_TAG)):
        mark = data[place : place + 1]
        if quote:
            quote = b"" if mark == quote else quote
        elif mark in (b'"', b"'"):
            quote = mark
        elif mark == b">":
            return b"href" in data[begin:place].lower()
    return True


def _refuse_too_many(probe: Probe, pattern: re.Pattern[bytes], most: int, what: str) -> None:
    count = sum(1 for _ in zip(range(most + 1), pattern.finditer(probe.data), strict=False))
    if count > most:
        raise probe.fail(
            "too_large",
            f"{probe.name} is a VOTable of more than {most} {what}.",
            "Save the spectra of interest as FITS and open those.",
        )


def _damaged(probe: Probe, error: Exception) -> Exception:
    first = (str(error).splitlines() or ["no reason given"])[0][:200]
    return probe.fail(
        "damaged",
        f"{probe.name} is a VOTable that cannot be understood ({first}).",
        "Download it again, or save it as FITS or CSV in TOPCAT.",
    )


def _view(table: Any, document: Any) -> View:
    array = table.array
    columns = tuple(_column(field, array) for field in table.fields)
    facts: dict[str, Any] = {}
    params = (
        [*document.iter_fields_and_params()] if hasattr(document, "iter_fields_and_params") else []
    )
    for param in params:
        if hasattr(param, "value"):
            _add_param(facts, param)
    names = [c.name.lower() for c in columns]
    label = next((i for i, n in enumerate(names) if n in ("source_id", "object", "name")), None)
    labels: tuple[str, ...] = ()
    if label is not None and array is not None:
        labels = tuple(_word(value) for value in array[array.dtype.names[label]][:100_000])
    n_rows = 0 if array is None else len(array)
    name = str(table.name or table.ID or "")
    return View(columns, n_rows, "the VOTable", Facts(facts), labels=labels, name=name)


def _word(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _column(field: Any, array: Any) -> Column:
    unit = "" if field.unit is None else str(field.unit)
    size = str(field.arraysize or "")
    is_vector = field.datatype not in ("char", "unicodeChar") and size not in ("", "1")

    def cells() -> Any:
        name = field.ID
        values = array[name]
        if is_vector:
            return [_numbers(row) for row in values]
        return _numbers(values)

    return Column(
        str(field.name), unit, str(field.utype or ""), str(field.ucd or ""), is_vector, cells
    )


def _numbers(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers with NaN where masked, or where there are words."""
    filled = np.ma.asarray(values)
    try:
        return np.asarray(np.ma.filled(filled.astype(np.float64), np.nan))
    except (ValueError, TypeError):
        return np.full(len(values), np.nan)


def _add_param(facts: dict[str, Any], param: Any) -> None:
    value = param.value
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = str(value.tolist())
    if not isinstance(value, str | int | float | np.floating | np.integer):
        return
    name = str(param.name or "").upper()
    utype = str(param.utype or "").lower()
    facts.setdefault(name, value)
    if utype.endswith("target.name"):
        facts.setdefault("OBJECT", value)
    elif utype.endswith("spectralaxis.resolution"):
        facts.setdefault("SPECRESVALUE", value)
