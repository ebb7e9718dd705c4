"""``spectra-gui train`` as a command: one process, its events, its judgement, its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spectra_gui.cli.train import Printer, main
from spectra_gui.recipes import (
    Checked,
    DataConfig,
    EpochDone,
    Event,
    Finished,
    Judged,
    Notice,
    Started,
    from_json,
    write_config,
)
from tests.training.made import made_config, write_base, write_stars

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with stars, a base and a config that adapts it."""
    folder = tmp_path_factory.mktemp("run")
    write_stars(folder, 44)
    base = write_base(folder / "base")
    config = made_config(
        start="adapt",
        base=str(base),
        members=(),
        data=DataConfig(label_table="labels.csv", validation=0.2, test=0.5),
    )
    write_config(config, folder / "run.toml")
    return folder


def events_of(text: str) -> list[Event]:
    return [from_json(line) for line in text.splitlines()]


def test_two_commands_with_one_config_write_the_same_bytes(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = ["train", "--config", str(run / "run.toml"), "--events", "jsonl"]
    shared += ["--prepared", str(tmp_path / "data"), "--against", str(run / "base")]
    told = []
    for name in ("one", "two"):
        result = subprocess.run(
            [sys.executable, "-m", "spectra_gui", *shared,
             "--out", str(tmp_path / name), "--work", str(tmp_path / f"{name}-work")],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        told.append(events_of(result.stdout))
    first, second = (
        {f.name: f.read_bytes() for f in (tmp_path / name).glob("*.safetensors")}
        for name in ("one", "two")
    )
    assert first == second
    kinds = [type(event) for event in told[0]]
    assert kinds.index(Started) < kinds.index(EpochDone) < kinds.index(Finished)
    judged = told[0][-1]
    assert isinstance(judged, Judged)
    assert (judged.present, judged.n_systems) == ("base", 22)
    stored = json.loads(Path(judged.path).read_text(encoding="utf-8"))
    assert stored["verdict"] == judged.verdict
    assert {figure["name"] for figure in stored["figures"]} >= {"joint", "nll_type"}


def test_check_trains_nothing_and_tells_what_there_is(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(
        ["--config", str(run / "run.toml"), "--check", "--work", str(tmp_path), "--events", "jsonl"]
    )
    assert status == 0
    checked = events_of(capsys.readouterr().out)[-1]
    assert isinstance(checked, Checked)
    assert sum(map(sum, checked.counts)) == 44
    assert [name for name, _, _ in checked.parts] == ["train", "validation", "test"]
    assert sum(n for _, n, _ in checked.parts) == 44
    assert checked.shared == 0
    assert {start for start, _, _ in checked.costs} == {"adapt", "fine_tune", "scratch"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.json", "data.npz"]


def test_check_tells_a_person_what_this_config_takes_and_whether_it_can_be_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts = (("train", 70, 70), ("validation", 10, 10), ("test", 20, 20))
    costs = (("adapt", 10.0, 1.0), ("scratch", 60.0, 12.0))
    Printer()(Checked(((1,),), parts, 0, 2, (), costs, "scratch", 20, 8))
    said = capsys.readouterr().out
    assert "This config takes about 5 min here" in said
    assert "20 epochs of 12 s for all of its 8 fits" in said
    assert "adapt" not in said
    assert "Only 18 stars can judge" in said


def test_a_config_that_is_not_allowed_is_wrong_usage(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text((run / "run.toml").read_text().replace('start = "adapt"', 'start = "warm"'))
    assert main(["--config", str(bad), "--events", "jsonl"]) == 2
    said = capsys.readouterr()
    assert events_of(said.out) == [
        Finished("failed", "start is 'warm'; allowed: scratch, fine_tune, adapt")
    ]
    assert "start is 'warm'" in said.err


def test_missing_data_fail_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(made_config(data=DataConfig(label_table="gone.csv")), tmp_path / "run.toml")
    assert main(["--config", str(tmp_path / "run.toml"), "--work", str(tmp_path / "w")]) == 3
    assert "gone.csv cannot be read" in capsys.readouterr().err


def test_the_printer_says_what_a_run_does(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer()
    printer(Started("r", 4, 1, 30, 480, 300, 250, 60, (("has no MK type", 2),), "cpu"))
    printer(Notice("No velocity is taken out."))
    printer(Judged("mk-ensemble-2", 60, "Better: yes.", "j.json"))
    said = capsys.readouterr().out
    assert "4 fits of 30 epochs on cpu, 1 of them done" in said
    assert "60 kept back to judge by" in said
    assert "No velocity is taken out." in said
    assert "left out: 2, has no MK type" in said
    assert "Beside mk-ensemble-2: Better: yes." in said


def test_options_are_checked_like_the_config(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(run / "run.toml"), "--workers", "0"]) == 2
    assert "workers is 0; allowed: 1 to 256" in capsys.readouterr().err


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_device_that_is_not_there_is_told(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], check: list[str]
) -> None:
    config = replace(made_config(), device="mps")
    write_config(config, tmp_path / "run.toml")
    status = main(["--config", str(tmp_path / "run.toml"), "--work", str(tmp_path / "w"), *check])
    assert status == 2
    assert "device is 'mps'" in capsys.readouterr().err


def test_an_open_input_does_not_disturb_the_end(run: Path, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "spectra_gui", "train", "--config", str(run / "run.toml"),
         "--check", "--work", str(tmp_path), "--events", "jsonl", "--stop-with-input"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stderr is not None
    said = child.stdout.read()
    assert child.wait(timeout=600) == 0, child.stderr.read()
    assert isinstance(events_of(said)[-1], Checked)
    child.stdin.close()  # type: ignore[union-attr]
    child.stdout.close()
    child.stderr.close()


def test_the_parts_and_what_is_in_none_add_up_to_all_that_can_teach(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts, parts = ((5, 2), (3, 0)), (("train", 6, 6), ("validation", 3, 2), ("test", 0, 0))

    Printer()(Checked(counts, parts, 0, 0, (), ()))

    text = capsys.readouterr().out
    assert "10 spectra can teach" in text
    assert "in no part: 1 spectrum is of such validation or test stars" in text
