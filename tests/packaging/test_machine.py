"""What the machine lacks is told once, in one line that mends it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian's packages, X11's sockets")


def test_a_person_who_is_not_root_gets_the_one_line_that_installs(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    libraries = {"libnowhere.so.1": "libnowhere1", "libc.so.6": "libc6"}
    with pytest.raises(machine.SetupError) as trouble:
        machine.check_machine(libraries, needs_venv=True)
    lines = str(trouble.value).splitlines()
    commands = [line.strip() for line in lines if line.strip().startswith("sudo")]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = f"python{version}-venv libnowhere1"
    assert commands == [f"sudo apt-get install -y --no-install-recommends {packages}"]


def test_elsewhere_than_on_debian_what_is_missing_is_named(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    with pytest.raises(machine.SetupError, match=r"libnowhere\.so\.1"):
        machine.check_machine({"libnowhere.so.1": "libnowhere1"}, needs_venv=False)


def test_a_complete_machine_is_left_alone(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is missing")

    monkeypatch.setattr(machine, "install_packages", refuse)
    machine.check_machine({"libc.so.6": "libc6"}, needs_venv=False)


def test_an_old_python_is_refused_with_the_versions_that_do(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.sys, "version_info", (3, 10, 13))
    with pytest.raises(machine.SetupError, match=r"3\.11 to 3\.13"):
        machine.check_python()


@pytest.mark.parametrize("display", ["", ":4321", "nonsense", "nowhere.invalid:0"])
def test_a_display_that_does_not_answer_is_no_display(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch, display: str
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    assert not machine.has_display()


def test_a_display_that_answers_is_found(
    machine: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert not machine.has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert machine.has_display()
