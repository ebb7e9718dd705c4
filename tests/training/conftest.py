"""Made stars, a base, and runs on them that share their prepared data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.made import write_base, write_stars
from tests.training.runs import Runs


@pytest.fixture(scope="module")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stars")
    write_stars(folder)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base") / "base", stars=("Old 1", "MADE_5"))


@pytest.fixture
def runs(stars: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(stars, tmp_path, tmp_path_factory.getbasetemp() / "prepared")
