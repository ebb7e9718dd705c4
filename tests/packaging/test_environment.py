"""The set-up does what is needed, no more, and is safe to interrupt at any moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


class Recorder:
    """Stands for venv and pip: notes what was asked, and fails or is interrupted on demand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, environment: ModuleType) -> None:
        self.environment = environment
        self.asked: list[str] = []
        self.trouble: dict[str, BaseException] = {}
        monkeypatch.setattr(environment, "make_environment", self.make)
        monkeypatch.setattr(environment.Pip, "install", self.install)

    def make(self, place: Any) -> None:
        self.asked.append("environment")
        python = place.program("python")
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    def install(self, what: str, *arguments: str, pinned: bool = False) -> None:
        step = "torch" if "torch" in what else "dependencies"
        self.asked.append(step)
        if step in self.trouble:
            raise self.trouble.pop(step)

    def set_up(self, folder: Path, extra: str | None = None, index: str | None = None) -> list[str]:
        """What one more set-up asks for."""
        self.asked.clear()
        place = self.environment.Environment(folder)
        self.environment.set_up(place, extra=extra, torch_index=index)
        return list(self.asked)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch, environment: ModuleType, tmp_path: Path) -> Recorder:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "pyproject.toml").write_text("[project]\n")
    pins = checkout / "requirements.lock"
    pins.write_text("numpy==2.4.6\ntorch==2.13.0\n")
    monkeypatch.setattr(environment, "ROOT", checkout)
    monkeypatch.setattr(environment, "PINS", pins)
    return Recorder(monkeypatch, environment)


def test_a_first_set_up_installs_everything_and_a_second_nothing(
    recorder: Recorder, tmp_path: Path
) -> None:
    assert recorder.set_up(tmp_path / "env") == ["environment", "torch", "dependencies"]
    assert recorder.set_up(tmp_path / "env") == []


def test_changed_pins_are_installed_into_the_same_environment(
    recorder: Recorder, environment: ModuleType, tmp_path: Path
) -> None:
    recorder.set_up(tmp_path / "env")
    environment.PINS.write_text("numpy==2.5.0\ntorch==2.13.0\n")
    assert recorder.set_up(tmp_path / "env") == ["dependencies"]


def test_the_tests_tools_are_added_and_stay(recorder: Recorder, tmp_path: Path) -> None:
    recorder.set_up(tmp_path / "env")
    assert recorder.set_up(tmp_path / "env", extra="test") == ["dependencies"]
    assert recorder.set_up(tmp_path / "env") == []


@pytest.mark.parametrize("moment", ["torch", "dependencies"])
def test_an_interrupted_set_up_is_made_anew(
    recorder: Recorder, tmp_path: Path, moment: str
) -> None:
    recorder.trouble[moment] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        recorder.set_up(tmp_path / "env")
    assert recorder.set_up(tmp_path / "env") == ["environment", "torch", "dependencies"]


def test_a_failure_of_the_last_step_keeps_torch(
    recorder: Recorder, environment: ModuleType, tmp_path: Path
) -> None:
    recorder.trouble["dependencies"] = environment.PipError("numpy", "no such version")
    with pytest.raises(environment.PipError):
        recorder.set_up(tmp_path / "env")
    assert recorder.set_up(tmp_path / "env") == ["dependencies"]


def test_another_index_for_torch_asks_for_a_new_environment_and_is_remembered(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.set_up(tmp_path / "env")
    again = recorder.set_up(tmp_path / "env", index="https://torch.example/cu")
    assert again == ["environment", "torch", "dependencies"]
    assert recorder.set_up(tmp_path / "env") == []


def test_a_folder_of_somebody_else_is_left_alone(
    recorder: Recorder, environment: ModuleType, tmp_path: Path
) -> None:
    thesis = tmp_path / "thesis" / "chapter-1.txt"
    thesis.parent.mkdir()
    thesis.write_text("Spectra")
    with pytest.raises(environment.SetupError, match="not made by this script"):
        recorder.set_up(tmp_path / "thesis")
    assert [path.name for path in thesis.parent.iterdir()] == ["chapter-1.txt"]


def test_a_second_set_up_waits_for_the_first_and_then_has_nothing_to_do(
    recorder: Recorder, environment: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = environment.Environment(tmp_path / "env")
    with environment.exclusive(place):
        second = threading.Thread(target=recorder.set_up, args=(place.folder,))
        second.start()
        second.join(timeout=1.0)
        assert second.is_alive()
        assert recorder.asked == []
    second.join(timeout=10.0)
    assert recorder.asked == ["environment", "torch", "dependencies"]
    assert "waiting for it to end" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the usual build is the CPU build")
def test_the_cpu_build_of_torch_is_looked_for_in_two_places_before_cuda_is_taken(
    recorder: Recorder, environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted: list[str] = []

    def install(pip: object, what: str, *arguments: str, pinned: bool = False) -> None:
        wanted.append(arguments[-1] + (" elsewhere" if "--index-url" in arguments else ""))
        if "+cpu" in arguments[-1]:
            raise environment.PipError(what, "ERROR: No matching distribution found for torch")

    monkeypatch.setattr(environment.Pip, "install", install)
    recorder.set_up(tmp_path / "env")
    cpu = "torch==2.13.0+cpu"
    assert wanted[:3] == [cpu, f"{cpu} elsewhere", "torch==2.13.0"]


def test_an_index_out_of_reach_is_told_in_a_sentence(environment: ModuleType) -> None:
    nowhere = ("--index-url", "http://127.0.0.1:9/simple", "--retries", "1", "--quiet")
    command = [sys.executable, "-m", "pip", "--isolated", "download", *nowhere, "spectra-nowhere"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    sentence = str(environment.PipError("torch", said))
    assert sentence.startswith("Could not install torch. The package index could not be reached.")
    assert "start the same command" in sentence


def test_a_missing_version_is_not_blamed_on_the_network(environment: ModuleType) -> None:
    said = "ERROR: No matching distribution found for torch==2.13.0+cpu"
    assert "has no version of it for this Python" in str(environment.PipError("torch", said))
