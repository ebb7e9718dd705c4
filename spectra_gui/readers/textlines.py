"""Columns of numbers in text of any dialect: comment signs, separators, decimal commas, headers.

Bounded in time and memory: at most `MAX_COLUMNS` columns are looked at, and lines are parsed by
numpy's C reader unless they are ragged. Knows no spectrum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import ReadError
from spectra_gui.readers.textlatex import is_latex, latex_lines
from spectra_gui.readers.textnames import numbered_columns
from spectra_gui.readers.textsigns import DECIMAL_COMMAS, plain_numbers

FloatArray = NDArray[np.float64]

MAX_COLUMNS: Final = 32
MAX_LINES: Final = 5_000_000
MAX_UNEVEN: Final = 300_000
"""Lines that are taken word by word, where they differ in their number of columns."""

MAX_LINE: Final = 4_000
"""Longer lines are cut: no column of use stands beyond."""

_COMMENT: Final = re.compile(r"^\s*(#|%|;|!|//|\*|\\|--|\+[-=+]{2,})")
# Fortran leaves the letter out before an exponent of three digits.
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+|[+-]\d{3})?"
_IS_NUMBER: Final = re.compile(rf"^(?:{_NUMBER}|[+-]?(?:nan|inf|infinity))$", re.I)
_COMMA_NUMBER: Final = re.compile(r"^[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?$")
_DATE: Final = re.compile(r"^\d{4}-\d\d-\d\d")
_BLANK: Final = frozenset(
    {"", "--", "-", "null", "none", "n/a", "#n/a", "na", "masked", "...", "indef", "nodata"}
)
_TRUTH: Final = {"true": 1.0, "false": 0.0}
_BARE_EXPONENT: Final = re.compile(r"([\d.])([+-]\d{3})$")
_COLON: Final = re.compile(
    r"^([ \t]*\d{3,5}(?:\.\d*)?)[ \t]*[:=](?=[ \t]+[+-]?\.?\d\S*[ \t]*$)", re.M
)
_POINT: Final = re.compile(
    r"^[ \t]{0,20}[(\[][ \t]{0,20}([+-]?\.?\d[^()\[\]\n,;]{0,40}[,;][^()\[\]\n]{0,400})[)\]]"
    r"[ \t,;]{0,20}$",
    re.M,
)
"""A line of one point in brackets: (4000.0, 1.02),"""

_KEY_VALUE: Final = re.compile(r"^([A-Za-z][\w. -]{0,30}?)\s*[=:]\s*(\S.*)$")


@dataclass(slots=True)
class TextTable:
    """Numbers of a text.

    ``data`` (n_rows, n_columns); ``names`` and ``units`` are () or one word a column;
    ``facts`` are the ``key = value`` lines; ``skipped`` counts lines that are no numbers after
    the first that is; ``written`` tells of signs in the numbers that are no longer there.
    """

    data: FloatArray
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    separator: str = "blanks"
    decimal_comma: bool = False
    skipped: int = 0
    comments: tuple[str, ...] = ()
    written: str = ""


@dataclass(slots=True)
class _Dialect:
    separator: str | None
    decimal_comma: bool

    def split(self, line: str) -> list[str]:
        """Words of a line, at most `MAX_COLUMNS`."""
        line = line[:MAX_LINE].replace("|", " ").strip()
        words = line.split(self.separator, MAX_COLUMNS)[:MAX_COLUMNS]
        if self.separator is not None or '"' in line:
            words = [word.strip().strip("\"'").strip() for word in words]
        return words

    def number(self, word: str) -> float:
        """A number, NaN for the usual signs of nothing; ``ValueError`` for words."""
        if self.decimal_comma:
            word = word.replace(",", ".")
        try:
            return float(word)
        except ValueError:
            lower = word.lower()
            # Fortran writes stars where a number is too wide.
            if lower in _BLANK or not lower.strip("*"):
                return float("nan")
            if lower in _TRUTH:
                return _TRUTH[lower]
            return float(_BARE_EXPONENT.sub(r"\1e\2", lower.replace("d", "e")))


_SEPARATORS: Final = {"&": "ampersands", ";": "semicolons", ",": "commas", "\t": "tabs"}
_DIALECTS: Final = (
    _Dialect("&", False),
    _Dialect("&", True),
    _Dialect(";", False),
    _Dialect(";", True),
    _Dialect("\t", False),
    _Dialect("\t", True),
    _Dialect(",", False),
    _Dialect(None, False),
    _Dialect(None, True),
)


def parse(text: str, *, skip_rows: int = 0) -> TextTable | None:
    """The columns of a text, or None where it holds fewer than two rows of two numbers.

    Raises ``ReadError``: ``too_large`` beyond `MAX_LINES` and `MAX_UNEVEN`, ``unsupported`` where
    numbers can be read in two ways.
    """
    if text.count("\n") > MAX_LINES:
        raise _too_large(f"it has more than {MAX_LINES} lines")
    lines, written = _plain(text, skip_rows)
    start = _first_data(lines)
    if start is None:
        return None
    first, dialect = start
    head = [line for line in lines[:first] if line.strip()]
    body = lines[first:]
    data, skipped = _numbers(body, dialect)
    if data is None:
        return None
    data, lost = _only_points(data)
    skipped += lost
    table = TextTable(
        data,
        separator=_SEPARATORS.get(dialect.separator or "", "blanks"),
        decimal_comma=dialect.decimal_comma or written.startswith(DECIMAL_COMMAS),
        skipped=skipped,
        comments=tuple(_bare(line)[:200] for line in head[:200]),
        written=written,
    )
    _read_head(head[-200:], table, dialect)
    if not table.names and _are_pairs(data):
        table.data = data.reshape(-1, 2)
    return table


_FAR_STEPS: Final = 100.0
_FEWEST_ROWS: Final = 20


def _only_points(data: FloatArray) -> tuple[FloatArray, int]:
    """The rows without those at the ends that are counts, dates or end marks; and how many."""
    n = data.shape[0]
    if n < _FEWEST_ROWS:
        return data, 0
    first, last = 0, n
    steps = np.abs(np.diff(data[:, 0]))
    far = _FAR_STEPS * float(np.max(steps[2:-1], initial=0.0))
    whole = np.all(data[:2, :2] == np.round(data[:2, :2]))
    if steps[1] > far > 0.0 and whole:
        first = 2
    elif steps[0] > far > 0.0 or _counts_the_rest(data, steps):
        first = 1
    if steps[-1] > far > 0.0:
        last -= 1
    return data[first:last], n - (last - first)


def _counts_the_rest(data: FloatArray, steps: FloatArray) -> bool:
    """Whether the first row has the number of rows that follow, and does not fit before them."""
    counts = data[0, 0] == len(data) - 1 and data[0, 1] == round(data[0, 1])
    is_next = (data[1, 0] - data[0, 0]) * (data[2, 0] - data[1, 0]) > 0.0
    return bool(counts and not (is_next and 0.5 * steps[1] <= steps[0] <= 2.0 * steps[1]))


def _are_pairs(data: FloatArray) -> bool:
    """Whether rows hold several points each: wavelength, flux, wavelength, flux …"""
    if data.shape[1] % 2 or data.shape[1] < 4:
        return False
    steps = np.diff(data[:, ::2].reshape(-1))
    typical = float(np.median(steps))
    return bool(typical != 0.0 and np.all(np.abs(steps - typical) < 0.4 * abs(typical)))


def _plain(text: str, skip_rows: int) -> tuple[list[str], str]:
    """Lines as the rest of this module expects them, and what was special about their numbers."""
    # Typesetters make a minus of a hyphen.
    text = text.replace("\N{MINUS SIGN}", "-")
    if (": " in text or "= " in text) and _COLON.search(text):
        text = _COLON.sub(r"\1 ", text)
    if "(" in text or "[" in text:
        text = _POINT.sub(r"\1", text)
    if is_latex(text):
        lines = latex_lines("\n".join(text.splitlines()[skip_rows:]))
    else:
        lines = text.splitlines()[skip_rows:]
    lines, written = plain_numbers(lines)
    return _without_first_blank(lines), written


def _without_first_blank(lines: list[str]) -> list[str]:
    """Lines without the separator before their first cell, where every row of numbers has one."""
    # Of one way to match each blank: lines of nothing else may be of any length.
    rows = [line for line in lines[:200] if re.match(r"\s*(?:[,;]\s*)?[+-]?\d", line)][:50]
    if len(rows) < 2 or not all(re.match(r"\s*[,;]", row) for row in rows):
        return lines
    return [re.sub(r"^\s*[,;]", "", line) for line in lines]


def _first_data(lines: list[str]) -> tuple[int, _Dialect] | None:
    """The first line of numbers that is followed by another, and its dialect."""
    for index, whole in enumerate(lines[:5000]):
        line = whole[:MAX_LINE]
        if _COMMENT.match(line) or not line.strip():
            continue
        following = _next_data(lines, index)
        for dialect in _DIALECTS:
            if _is_row(line, dialect) and following and _is_row(following, dialect):
                return index, dialect
    return None


def _next_data(lines: list[str], index: int) -> str:
    for whole in lines[index + 1 : index + 50]:
        line = whole[:MAX_LINE]
        if line.strip() and not _COMMENT.match(line):
            return line
    return ""


def _is_row(line: str, dialect: _Dialect) -> bool:
    words = dialect.split(line)
    if len(words) < 2:
        return False
    pattern = _COMMA_NUMBER if dialect.decimal_comma else _IS_NUMBER
    if dialect.decimal_comma and not any("," in word for word in words[:2]):
        return False
    if not pattern.match(words[0]):
        return False
    numbers = [bool(pattern.match(word)) for word in words[1:3]]
    blanks = [word.lower() in _BLANK for word in words[1:3]]
    return any(numbers) and all(n or b for n, b in zip(numbers[:1], blanks[:1], strict=True))


def _numbers(body: list[str], dialect: _Dialect) -> tuple[FloatArray | None, int]:
    n_columns = len(dialect.split(body[0]))
    data = _fast(body, dialect, n_columns)
    if data is not None:
        return data, 0
    return _slow(body, dialect)


def _fast(body: list[str], dialect: _Dialect, n_columns: int) -> FloatArray | None:
    """All rows by numpy's reader, or None where they are not uniform plain numbers."""
    if len(body[0]) > MAX_LINE or n_columns >= MAX_COLUMNS:
        return None
    lines = (line.replace(",", ".") for line in body) if dialect.decimal_comma else body
    try:
        data = np.loadtxt(lines, delimiter=dialect.separator, comments="#", ndmin=2, dtype=float)
    except (ValueError, IndexError, TypeError):
        return None
    return data if data.shape[0] >= 2 and data.shape[1] >= 2 else None


def _slow(body: list[str], dialect: _Dialect) -> tuple[FloatArray | None, int]:
    """Row by row: ragged rows, words between, decimal commas, D exponents."""
    rows: list[list[float]] = []
    skipped = 0
    for line in body:
        if not line.strip() or _COMMENT.match(line):
            continue
        if len(rows) + skipped >= MAX_UNEVEN:
            raise _too_large(f"its more than {MAX_UNEVEN} lines differ in what they hold")
        values = _row(dialect.split(line), dialect)
        if len(values) < 2:
            skipped += 1
        else:
            rows.append(values)
    if len(rows) < 2:
        return None, skipped
    widths = np.array([len(row) for row in rows])
    differs = len(rows) > 2 and widths[0] != widths[1] and np.all(widths[1:] == widths[1])
    if differs and (rows[1][0] - rows[0][0]) * (rows[2][0] - rows[1][0]) <= 0.0:
        # Start, step and number of points, as some programs begin.
        rows, widths, skipped = rows[1:], widths[1:], skipped + 1
    # The width that nearly all rows reach: a column that only some rows have is not used.
    width = int(np.quantile(widths, 0.02, method="lower"))
    kept = [row[:width] for row in rows if len(row) >= width]
    skipped += len(rows) - len(kept)
    data = np.array(kept, dtype=float)
    # Separators at the end of lines make empty columns.
    filled = np.flatnonzero(~np.all(np.isnan(data), axis=0))
    return data[:, : max(int(filled.max(initial=1)) + 1, 2)], skipped


def _too_large(why: str) -> ReadError:
    return ReadError(
        "too_large",
        f"It is a text that takes too long to read: {why}.",
        "Save it as FITS, or with the same number of columns in each line.",
    )


def _row(words: list[str], dialect: _Dialect) -> list[float]:
    """Numbers of a row up to the first word; the first two must be there."""
    values: list[float] = []
    for word in words:
        try:
            values.append(dialect.number(word))
        except ValueError:
            if len(values) < 2:
                return []
            values.append(float("nan"))
    return values


def _bare(line: str) -> str:
    # Long runs of blanks tell nothing, and would be searched again from each of them.
    line = re.sub(r" {3,}", "  ", line[:MAX_LINE])
    return re.sub(r"^[\s#%;!/*\\|]+", "", line).strip()


def _read_head(head: list[str], table: TextTable, dialect: _Dialect) -> None:
    """Names, units and facts from the lines above the numbers."""
    n_columns = table.data.shape[1]
    for line in head:
        bare = _bare(line)
        fact = _KEY_VALUE.match(bare)
        if fact and len(fact[1].split()) <= 3:
            table.facts[fact[1].strip().upper()] = fact[2].strip().strip("'\"")
    if numbered := numbered_columns([_bare(line) for line in head], n_columns):
        table.names, table.units = numbered
        return
    found = [_header_words(line, dialect, n_columns) for line in reversed(head[-6:])]
    lines = [words for words in found if words]
    for place, words in enumerate(lines):
        above = lines[place + 1] if place + 1 < len(lines) else ()
        if _are_units(words) or (above and _some_units(words) and not _some_units(above)):
            if not table.units:
                table.units = words
        elif not table.names:
            table.names = words


def _header_words(line: str, dialect: _Dialect, n_columns: int) -> tuple[str, ...]:
    """Words of a header line, where there is about one a column."""
    bare = _bare(line)
    if not bare or re.fullmatch(r"[-=+|:\s]+", bare):
        return ()
    if _KEY_VALUE.match(bare) and "=" in bare:
        return ()
    candidates = [[w.strip() for w in bare.split("|") if w.strip()]] if "|" in bare else []
    separators = dict.fromkeys((dialect.separator, "\t", ",", ";", None))
    for separator in separators:
        if separator is None:
            spaced = re.split(r"\s{2,}", bare)
            joined = re.sub(r"\s*([\[(])\s*([^\])]*)", _join_bracket, bare)
            candidates += [spaced, joined.split()]
        elif separator in bare:
            candidates.append([w.strip().strip("\"'") for w in bare.split(separator)])
    fitting = [
        words
        for words in candidates
        if n_columns <= len(words) <= n_columns + 2 and _may_be_names(words)
    ]
    # One name a column, where they can be parted so: "log lambda (nm), flux".
    exact = [words for words in fitting if len(words) == n_columns]
    return tuple((exact or fitting or [[]])[0][:MAX_COLUMNS])


def _may_be_names(words: list[str]) -> bool:
    """Whether words may name columns: a sentence has dates and numbers, a remark a key first."""
    told = [word for word in words if _IS_NUMBER.match(word) or _DATE.match(word)]
    return not told and not (words[0].endswith(":") and not words[-1].endswith(":"))


def _join_bracket(match: re.Match[str]) -> str:
    return match[1] + match[2].replace(" ", "")


def _some_units(words: tuple[str, ...]) -> bool:
    """Whether any word is a unit; the first may be of a column that has none."""
    return any(_are_units((word,)) for word in words)


def _are_units(words: tuple[str, ...]) -> bool:
    from spectra_gui.readers.axes import parse_unit

    # A column may be called pixel, which is a unit elsewhere.
    if any(re.match(r"(wave|lambda|lam\b|wl\b)", word.lower()) for word in words[1:]):
        return False
    return bool(parse_unit(words[0])) or words[0].startswith(("(", "["))
