"""The pins: exact, from no particular host, without CUDA, and within what pyproject.toml allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture
def pins(scripts: Path) -> dict[str, str]:
    lines = (scripts / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_pin_is_a_name_and_one_public_version(pins: dict[str, str]) -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in pins)
    assert all(re.fullmatch(r"[0-9.]+", version) for version in pins.values())


def test_no_cuda_is_pinned(pins: dict[str, str]) -> None:
    assert not [name for name in pins if name.startswith(("nvidia", "cuda", "triton"))]


def test_the_pins_hold_what_the_project_asks_for(pins: dict[str, str], scripts: Path) -> None:
    project = tomllib.loads((scripts.parent / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = [Requirement(text) for text in (*project["dependencies"], *extras["test"])]
    for requirement in asked:
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])
