"""Recipes of files that nobody means to send; `CASES` holds them all."""

from tests.readers.hostile import documents, headers, packed, places, sizes, values
from tests.readers.hostile.cases import CASES, CODES, MEMORY_MB, TIME_S, Case

__all__ = [
    "CASES",
    "CODES",
    "MEMORY_MB",
    "TIME_S",
    "Case",
    "documents",
    "headers",
    "packed",
    "places",
    "sizes",
    "values",
]
