"""A fit adds up with as many threads as its config says, whatever the machine has."""

from __future__ import annotations

import numpy as np
import torch
from threadpoolctl import threadpool_info

from spectra_gui.training.threads import few_threads


def pools() -> list[int]:
    np.ones((4, 4)) @ np.ones((4, 4))
    return [int(pool["num_threads"]) for pool in threadpool_info()]


def test_torch_and_numpy_keep_to_the_number_and_get_theirs_back() -> None:
    before, threads = pools(), torch.get_num_threads()
    with few_threads(1):
        assert set(pools()) == {1}
        assert torch.get_num_threads() == 1
    assert pools() == before
    assert torch.get_num_threads() == threads
