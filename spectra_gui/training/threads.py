"""How many threads add up numbers, and so in which order: torch's, and those of numpy's BLAS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits


@contextmanager
def few_threads(n: int) -> Iterator[None]:
    """Within, sums are made by ``n`` threads: with one, a fit gives the same bits each time."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        with threadpool_limits(n):
            yield
    finally:
        torch.set_num_threads(before)
