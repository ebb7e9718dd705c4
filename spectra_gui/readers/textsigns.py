"""What commas, points and blanks inside of numbers mean: decimals, thousands, or columns.

Where a text can be read in two ways, it is declined. Knows lines of text; knows no columns' names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from spectra_gui.data import ReadError

DECIMAL_COMMAS: Final = "with decimal commas"
THOUSANDS: Final = "with signs between thousands"

_LOOKED_AT: Final = 300
_SEARCHED: Final = 3000
_NUMERIC: Final = re.compile(r"^[\d\s+\-.,;'\"’EeDd\u2009\u202f&|]+$")
_DIGITS: Final = re.compile(r"\d.*\d")
_BETWEEN: Final = re.compile(r"[;\s&|]+")

_US: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_GERMAN: Final = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?")
_COMMA_THOUSANDS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?=(?:\.\d*)?(?![\d,]))")
_POINT_THOUSANDS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?=(?:,\d*)?(?![\d.]))")
_MARK_THOUSANDS: Final = re.compile(r"(?<=\d)['’\u2009\u202f\xa0](?=\d{3}(?!\d))")
_BLANK_THOUSANDS: Final = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_QUOTED: Final = re.compile(r'"\s*([+-]?[\d.]+,[\d.,]*\d)\s*"')
_SHORT_THOUSANDS: Final = re.compile(r"[1-9]\d?,\d{3}")
_WHOLE: Final = re.compile(r"[+-]?\d+")


def plain_numbers(lines: list[str]) -> tuple[list[str], str]:
    """Lines without signs between thousands, whose commas are separators or decimals of one kind.

    Also how the numbers were written: `DECIMAL_COMMAS` where decimal commas were turned into
    points here, `THOUSANDS`, or "". Raises ``ReadError`` (``unsupported``) where numbers could be
    read in two ways.
    """
    first, sample = _numbers_in(lines)
    if len(sample) < 3:
        return lines, ""
    joined = "\n".join(sample)
    if re.search(r"['’\u2009\u202f\xa0 ]\d{3}(?!\d)", joined):
        lines, told = _without_blanks(lines, sample)
        if told:
            sample = _numbers_in(lines)[1]
            joined = "\n".join(sample)
    else:
        told = ""
    if "," not in joined:
        return lines, told
    split = _by_quotes if _QUOTED.search(joined) else _by_separators
    if split is _by_separators and not _commas_are_inside(sample):
        if told or "." in joined:
            return _padded(lines, sample, ",") if not told else (lines, told)
        return _whole_fields(lines, first, sample)
    changed, how = split(lines, sample)
    return changed, how or told


def _numbers_in(lines: list[str]) -> tuple[int, list[str]]:
    """Where lines of nothing but numbers begin, and the first some hundred of them."""
    first, sample = -1, []
    for place, line in enumerate(lines[:_SEARCHED]):
        if len(line) < 400 and _NUMERIC.match(line) and _DIGITS.search(line):
            first = place if first < 0 else first
            sample.append(line.strip().rstrip(",;"))
            if len(sample) == _LOOKED_AT:
                break
    return first, sample


def _each(lines: list[str], change: Callable[[str], str]) -> list[str]:
    return [change(line) if _NUMERIC.match(line) else line for line in lines]


def _without_blanks(lines: list[str], sample: list[str]) -> tuple[list[str], str]:
    """Numbers such as ``4'000.5`` or ``4 000.5`` in one piece."""
    if any(_MARK_THOUSANDS.search(line) for line in sample):
        shut = [_MARK_THOUSANDS.sub("", line) for line in sample]
        if all(len(re.split(r"[;,\s&|]+", line)) > 1 for line in shut):
            return _each(lines, lambda line: _MARK_THOUSANDS.sub("", line)), THOUSANDS
    if all(re.search(r"[;\t]", line) for line in sample):
        fields = [f.strip() for line in sample for f in re.split(r"[;\t]", line)]
        apart = [field for field in fields if " " in field]
        if apart and all(re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d*)?", f) for f in apart):
            return _each(lines, lambda line: _BLANK_THOUSANDS.sub("", line)), THOUSANDS
        return lines, ""
    return _padded(lines, sample, None)


def _padded(lines: list[str], sample: list[str], separator: str | None) -> tuple[list[str], str]:
    """Join ``4 000.5`` or ``4,000.5``, where the separator is also that of columns.

    Only numbers within thousands are padded with zeros to three digits.
    """
    rows = [[word.strip() for word in line.split(separator)] for line in sample]
    if min(map(len, rows)) < 3 or not _is_split(rows, 0):
        return lines, ""
    if not _runs([float(row[0] + row[1].replace(",", ".")) for row in rows]):
        return lines, ""
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise _unclear_thousands(sample[0])
    heads = []
    place = 0
    while place + 1 < width:
        if _is_split(rows, place):
            heads.append(place)
            place += 1
        place += 1
    mark = separator or " "

    def join(line: str) -> str:
        words = [word.strip() for word in line.split(separator)]
        for head in reversed(heads):
            if head + 1 < len(words):
                words[head : head + 2] = [words[head] + words[head + 1]]
        return mark.join(words)

    return _each(lines, join), THOUSANDS


def _is_split(rows: list[list[str]], place: int) -> bool:
    """Whether a column and the next are the thousands of a number and the rest of it."""
    whole = all(re.fullmatch(r"[+-]?[1-9]\d{0,2}", row[place]) for row in rows)
    rest = all(re.fullmatch(r"\d{3}([.,]\d*)?", row[place + 1]) for row in rows)
    return whole and rest and any(row[place + 1].startswith("0") for row in rows)


def _commas_are_inside(sample: list[str]) -> bool:
    """Whether something else stands between columns, so that commas belong to numbers."""
    words = [_BETWEEN.split(line) for line in sample]
    return all(
        len(row) > 1 and not any(w[:1] == "," or w[-1:] == "," for w in row) for row in words
    )


def _by_separators(lines: list[str], sample: list[str]) -> tuple[list[str], str]:
    """Commas inside of numbers between blanks, tabs, semicolons."""
    columns = list(zip(*(_BETWEEN.split(line)[:2] for line in sample), strict=True))
    style = _style(columns)
    if style == "us":
        return _each(lines, _shut_commas), THOUSANDS
    if style == "german":
        return _each(lines, _shut_points), THOUSANDS
    return lines, ""


def _by_quotes(lines: list[str], sample: list[str]) -> tuple[list[str], str]:
    """Commas inside of quoted numbers, and commas between them."""
    rows = [re.findall(r'"([^"]*)"|([^",;\s]+)', line)[:2] for line in sample]
    if any(len(row) < 2 for row in rows):
        return lines, ""
    columns = list(zip(*([(a or b).strip() for a, b in row] for row in rows), strict=True))
    style = _style(columns, mixed_is_decimal=True)
    if style == "us":
        return _each(lines, _shut_commas), THOUSANDS
    how = DECIMAL_COMMAS
    if style == "german":
        lines, how = _each(lines, _shut_points), f"{DECIMAL_COMMAS} and signs between thousands"
    return _each(lines, lambda line: _QUOTED.sub(_with_point, line)), how


def _with_point(match: re.Match[str]) -> str:
    return f'"{match[1].replace(",", ".")}"'


def _shut_commas(line: str) -> str:
    return _COMMA_THOUSANDS.sub(lambda match: match[0].replace(",", ""), line)


def _shut_points(line: str) -> str:
    return _POINT_THOUSANDS.sub(lambda match: match[0].replace(".", ""), line)


def _style(columns: Sequence[Sequence[str]], *, mixed_is_decimal: bool = False) -> str:
    """``us`` (4,000.5), ``german`` (4.000,5) or ``decimal`` (4000,5).

    Raises ``ReadError`` where a number could be two of them.
    """
    words = [word for column in columns for word in column]
    commas = [word for word in words if "," in word]
    points = [word for word in words if "." in word]
    all_us = all(_US.fullmatch(word) for word in commas)
    all_german = all(_GERMAN.fullmatch(word) for word in points)
    if not commas:
        return "decimal"
    if not points:
        _refuse_unclear(columns)
        return "decimal"
    both = [word for word in commas if "." in word]
    if both:
        if all_us or all_german:
            return "us" if all_us else "german"
        raise _unclear_thousands(both[0])
    if all_us != all_german:
        return "us" if all_us else "german"
    if mixed_is_decimal and not all_us:
        return "decimal"
    raise _unclear_thousands(commas[0])


def _refuse_unclear(columns: Sequence[Sequence[str]]) -> None:
    """Raise where ``4,000`` could be four, or where only large numbers have a comma."""
    if all(_SHORT_THOUSANDS.fullmatch(word) for word in columns[0]):
        raise _unclear_thousands(columns[0][0])
    for column in columns:
        with_comma = [word for word in column if "," in word]
        without = [word for word in column if "," not in word and _WHOLE.fullmatch(word)]
        if with_comma and without and all(_US.fullmatch(word) for word in with_comma):
            raise _unclear_thousands(with_comma[0])


def _whole_fields(lines: list[str], first: int, sample: list[str]) -> tuple[list[str], str]:
    """Fields of digits between commas: each a column, or two of them a number (4000,5,1,02)."""
    spaced = _spaced(lines, sample)
    if spaced:
        return spaced, DECIMAL_COMMAS
    rows = [[field.strip() for field in line.split(",")] for line in sample]
    if not all(_WHOLE.fullmatch(field) for row in rows for field in row):
        return lines, ""
    counts = [len(row) for row in rows]
    if len(set(counts)) > 1:
        rare = min(counts.count(n) for n in set(counts))
        if rare > 0.05 * len(counts) and max(counts) <= 6:
            raise _unclear_commas(sample[0])
        return lines, ""
    names = _n_names(lines, first)
    if names == counts[0]:
        return lines, ""
    heads = _pairs(rows, names)
    if heads is None:
        raise _unclear_commas(sample[0])
    if not heads:
        return lines, ""

    def join(line: str) -> str:
        words = [word.strip() for word in line.strip().rstrip(",").split(",")]
        for head in reversed(heads):
            if head + 1 < len(words):
                words[head : head + 2] = [f"{words[head]}.{words[head + 1]}"]
        return ",".join(words)

    return _each(lines, join), DECIMAL_COMMAS


def _spaced(lines: list[str], sample: list[str]) -> list[str]:
    """``4000,5, 1,02``: with a blank the comma stands between columns; [] where it is not so."""
    rows = [re.split(r",\s+", line) for line in sample]
    number = re.compile(r"[+-]?\d+(,\d+)?([eE][+-]?\d+)?")
    if any(len(row) < 2 for row in rows) or not any("," in word for row in rows for word in row):
        return []
    if not all(number.fullmatch(word) for row in rows for word in row):
        return []
    return _each(lines, lambda line: re.sub(r"(?<=\d),(?=\d)", ".", line))


def _n_names(lines: list[str], first: int) -> int:
    """How many names stand above the numbers, as far as commas part them; 0 for none."""
    above = next((line for line in reversed(lines[:first]) if line.strip()), "")
    return len(above.rstrip(", ").split(",")) if re.search(r"[A-Za-z]", above) else 0


def _pairs(rows: list[list[str]], names: int) -> list[int] | None:
    """Columns that are the whole part of a number whose decimals are the next; None if unclear."""
    n = len(rows[0])
    padded = [any(re.fullmatch(r"0\d+", row[i]) for row in rows) for i in range(n)]
    rises = _runs([float(row[0]) for row in rows])
    if n == 3 and names in (0, 2):
        if padded[1] and padded[2]:
            return None
        return [1] if padded[2] and rises else [0] if padded[1] and _joined_runs(rows) else []
    if n == 5:
        return None if any(padded[1:]) else []
    if n not in (4, 6):
        return []
    heads = list(range(0, n, 2))
    unsigned = all(row[i + 1].isdigit() for row in rows for i in heads)
    if not unsigned or not _joined_runs(rows):
        return []
    if names == n // 2 or any(padded[i + 1] for i in heads) or not rises:
        return heads
    # A digit alone may be a decimal, or a flag.
    return None if all(len(row[1]) == 1 for row in rows) else []


def _joined_runs(rows: list[list[str]]) -> bool:
    return _runs([float(f"{row[0]}.{row[1].lstrip('+-')}") for row in rows])


def _runs(values: list[float]) -> bool:
    """Whether values rise or fall throughout, as wavelengths do."""
    rising = all(a < b for a, b in pairwise(values))
    return rising or all(a > b for a, b in pairwise(values))


def _unclear_commas(example: str) -> ReadError:
    return ReadError(
        "unsupported",
        f"Its commas may be decimal signs or stand between columns ({example[:40].strip()}).",
        "Save it with points in its numbers, or with semicolons or tabs between its columns.",
    )


def _unclear_thousands(example: str) -> ReadError:
    return ReadError(
        "unsupported",
        f"Its numbers can be read in two ways ({example[:40].strip()}): the sign within may be "
        "that of decimals or stand between thousands.",
        "Save it without signs between thousands, and with points as decimal signs.",
    )
