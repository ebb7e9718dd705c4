"""Writes packaging/requirements.lock: the exact versions that the environment it runs in holds.

    python packaging/lock.py          in an environment with the extra dev, after its tests passed

The pins are the closure of pyproject.toml's requirements, all extras and the build among them, so
that an install, the tests and the gate use the same versions everywhere. No hashes, hosts or index
addresses are written, and no local version labels: torch 2.13.0+cpu becomes torch==2.13.0, which
any build of that version satisfies. Packages that only CUDA builds of torch ask for are not held.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "packaging" / "requirements.lock"
# hatchling asks for it while it builds an editable install, where metadata cannot tell.
ASKED_WHILE_BUILDING = ("editables",)

HEADER = """\
# Exact versions for every install of Spectra, used as constraints (pip install -c).
# Written by packaging/lock.py from an environment in which the tests passed; how: see
# .github/CONTRIBUTING.md. No CUDA packages: torch is installed first, as its CPU build.
"""


def main() -> int:
    """Write the lock; return 1, naming them, where required packages are not installed."""
    pins, missing = closure(declared_requirements())
    if missing:
        sys.stderr.write(
            f"Not installed here: {', '.join(sorted(missing))}. Nothing was written.\n"
        )
        return 1
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    PINS.write_text(HEADER + "".join(lines), encoding="utf-8")
    sys.stdout.write(f"{len(pins)} packages written to {PINS.relative_to(ROOT)}\n")
    return 0


def declared_requirements() -> list[Requirement]:
    """What pyproject.toml asks for: to build, to run, and for every extra."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    texts = [*pyproject["build-system"]["requires"], *project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        texts += extra
    requirements = [Requirement(text) for text in (*texts, *ASKED_WHILE_BUILDING)]
    return [asked for asked in requirements if asked.name != project["name"]]


def closure(requirements: Iterable[Requirement]) -> tuple[dict[str, str], set[str]]:
    """Pins for the requirements and all they require here, and the names that are not installed."""
    pins: dict[str, str] = {}
    missing: set[str] = set()
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        asked = waiting.pop()
        key = (canonicalize_name(asked.name), frozenset(asked.extras))
        if key in visited:
            continue
        visited.add(key)
        try:
            found = metadata.distribution(asked.name)
        except metadata.PackageNotFoundError:
            missing.add(asked.name)
            continue
        pins[key[0]] = Version(found.version).public
        waiting += applicable(found, asked.extras)
    return pins, missing


def applicable(found: metadata.Distribution, extras: Iterable[str]) -> list[Requirement]:
    """Requirements of an installed package that apply on this machine with these extras."""
    contexts = [{"extra": extra} for extra in ("", *extras)]
    requirements = [Requirement(text) for text in found.requires or ()]
    return [
        asked
        for asked in requirements
        if asked.marker is None or any(asked.marker.evaluate(context) for context in contexts)
    ]


if __name__ == "__main__":
    sys.exit(main())
