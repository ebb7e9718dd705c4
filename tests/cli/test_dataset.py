"""``spectra-gui dataset check``: which rows of a label table can teach."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui.cli import dataset


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("")
    return tmp_path / "labels.csv"


def test_sound_labels_are_counted_on_the_grid(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels.write_text("file,type,star\na.txt,G2 V,sun\nb.txt,G8 III,\nc.txt,G2V,sun\n")
    assert dataset.main(["check", str(labels)]) == 0
    told = capsys.readouterr().out
    assert "3 rows of 2 stars, 3 can teach" in told
    (giants_and_dwarfs,) = [line for line in told.splitlines() if line.startswith("  G")]
    assert giants_and_dwarfs.split() == ["G", "0", "0", "1", "0", "2", "0", "0"]


def test_each_row_that_cannot_teach_is_told_with_its_reason(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels.write_text("file,type\na.txt,DA3\nabsent.txt,G2 V\nb.txt,G V\nc.txt,K2III+F5V\n")
    assert dataset.main(["check", str(labels)]) == 1
    told = capsys.readouterr().out
    for reason in ("not an MK type", "there is no file", "without a subtype", "two stars"):
        assert reason in told


def test_a_table_without_the_columns_is_wrong_usage(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels.write_text("name,class\na,b\n")
    assert dataset.main(["check", str(labels)]) == 2
    assert "file" in capsys.readouterr().err
