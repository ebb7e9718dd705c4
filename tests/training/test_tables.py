"""A person's label table: dialects, faults by name, and what is left out with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.readers import read
from spectra_gui.training import DataError, LabelledSet
from spectra_gui.training.source import load_source, with_common_systems
from spectra_gui.training.tables import load_table, read_label_table
from tests.training.made import SPEC, made_config, made_set, write_base, write_stars


def table(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_a_byte_order_mark_do_not_matter(tmp_path: Path, delimiter: str) -> None:
    text = "\ufeffFile,Type,Star\na.txt,G2V,Sun\n\n".replace(",", delimiter)
    (row,) = read_label_table(table(tmp_path, text))
    assert (row.file, row.type, row.star, row.index) == (tmp_path / "a.txt", "G2V", "Sun", 0)


def test_without_a_star_the_file_is_the_star(tmp_path: Path) -> None:
    rows = read_label_table(table(tmp_path, "file,type,index\na.fits,G2V,0\na.fits,G3V,1\n"))
    assert [row.star for row in rows] == ["a.fits", "a.fits"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,type\na,G2V\n", r"no column 'file'; it has name, type"),
        ("file,type,index\na,G2V,first\n", r"Row 1 of .*labels.csv"),
        ('file,type,override\na,G2V,"{""colour"": 1}"\n', r"Row 1 .*colour.*allowed"),
        ("file,type,override\na,G2V,[1]\n", r"Row 1 .*override is written as"),
    ],
)
def test_a_table_that_is_not_understood_says_where(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_label_table(table(tmp_path, text))


def test_a_vanished_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone.csv cannot be read: No such file"):
        read_label_table(tmp_path / "gone.csv")


def test_a_table_in_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes("file,type\nétoile,G2V\n".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        read_label_table(tmp_path / "labels.csv")


def test_spectra_are_prepared_and_the_rest_is_told(tmp_path: Path) -> None:
    path = write_stars(tmp_path, 3)
    with path.open("a", encoding="utf-8") as file:
        file.write("gone.txt;0;x;G2V;\ns00.txt;7;x;G2V;\ns00.txt;0;x;nothing;\n")
    seen: list[tuple[int, int]] = []
    data, left_out = load_table(
        path, made_config(), None, tell=lambda done, total: seen.append((done, total))
    )
    assert data.label.tolist() == ["A0 V", "A5 V", "F1 V"]
    assert data.flux.shape == (3, SPEC.n_pixels)
    assert data.system.tolist() == ["made0", "made1", "made2"]
    assert data.scored.all()
    assert {part.reason: part.ids for part in left_out} == {
        "cannot be read (not found)": ("table:00003",),
        "names a spectrum that its file does not have": ("table:00004",),
        "has no MK type": ("table:00005",),
    }
    assert seen[-1] == (6, 6)


def source(folder: Path, prepared: Path, *, base: Bundle | None = None) -> LabelledSet:
    data, _ = load_source(
        made_config(), prepared=prepared, data_folder=folder, table_folder=folder, base=base
    )
    return data


@pytest.fixture
def times_read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every table that is read for its spectra."""
    read: list[Path] = []

    def counting(path: Path, *rest: object, **named: object) -> object:
        read.append(path)
        return load_table(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("spectra_gui.training.source.load_table", counting)
    return read


def test_rows_of_one_file_cost_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_stars(tmp_path, 24)
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, *(row for row in rows for _ in range(3))]), encoding="utf-8")
    opened: list[str] = []

    def counting(file: Path, **named: object) -> object:
        opened.append(file.name)
        return read(file, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("spectra_gui.readers.read", counting)
    assert len(source(tmp_path, tmp_path / "p")) == 72
    assert opened == [f"s{i:02d}.txt" for i in range(24)]


def test_a_library_that_was_replaced_under_its_name_is_prepared_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = made_config()
    config = replace(config, data=replace(config.data, libraries=("cflib",), label_table=""))
    file = tmp_path / "stellar" / "cflib.fits.gz"
    file.parent.mkdir()
    loaded: list[bytes] = []

    def load(*_: object, **__: object) -> object:
        loaded.append(file.read_bytes())
        return made_set(24), ()

    monkeypatch.setattr("spectra_gui.training.source.load_labelled", load)
    for content in (b"first", b"first", b"the second"):
        if not file.is_file() or file.read_bytes() != content:
            file.write_bytes(content)
        load_source(
            config,
            prepared=tmp_path / "p",
            data_folder=tmp_path,
            table_folder=tmp_path,
            base=None,
        )
    assert loaded == [b"first", b"the second"]


def test_a_changed_table_is_read_again(tmp_path: Path) -> None:
    path = write_stars(tmp_path / "a", 24)
    first = source(tmp_path / "a", tmp_path / "p")
    path.write_text(path.read_text("utf-8").replace("M3 V", "M4 V"), encoding="utf-8")
    second = source(tmp_path / "a", tmp_path / "p")
    assert "M4 V" in second.label
    assert "M4 V" not in first.label


def test_prepared_data_are_not_read_again(tmp_path: Path, times_read: list[Path]) -> None:
    write_stars(tmp_path / "a", 24)
    first = source(tmp_path / "a", tmp_path / "p")
    second = source(tmp_path / "a", tmp_path / "p")
    assert np.array_equal(first.flux, second.flux)
    assert len(times_read) == 1


def test_a_spectrum_that_was_replaced_under_its_name_is_read_again(tmp_path: Path) -> None:
    write_stars(tmp_path / "a", 24)
    first = source(tmp_path / "a", tmp_path / "p")
    (tmp_path / "a" / "s00.txt").write_bytes((tmp_path / "a" / "s09.txt").read_bytes() + b"\n")
    second = source(tmp_path / "a", tmp_path / "p")
    assert np.allclose(second.flux[0], first.flux[9])
    assert not np.allclose(first.flux[0], first.flux[9])


def test_a_spectrum_that_went_away_no_longer_teaches(tmp_path: Path) -> None:
    write_stars(tmp_path / "a", 24)
    assert len(source(tmp_path / "a", tmp_path / "p")) == 24
    (tmp_path / "a" / "s00.txt").unlink()
    assert len(source(tmp_path / "a", tmp_path / "p")) == 23


def test_other_class_means_to_measure_velocities_by_prepare_the_data_anew(
    tmp_path: Path, times_read: list[Path]
) -> None:
    write_stars(tmp_path / "a", 24)
    base = load_bundle(write_base(tmp_path / "base"))
    moved = replace(base.templates, flux=np.roll(base.templates.flux, 3, axis=1))
    for templates in (base.templates, base.templates, moved):
        source(tmp_path / "a", tmp_path / "p", base=replace(base, templates=templates))
    assert len(times_read) == 2


def test_data_that_an_older_program_prepared_are_prepared_anew(tmp_path: Path) -> None:
    write_stars(tmp_path / "a", 24)
    source(tmp_path / "a", tmp_path / "p")
    about = tmp_path / "p" / "data.json"
    stored = json.loads(about.read_text(encoding="utf-8"))
    stored["origin"]["columns"].remove("composite")
    about.write_text(json.dumps(stored), encoding="utf-8")
    (tmp_path / "p" / "data.npz").write_bytes(b"of another make")
    again = source(tmp_path / "a", tmp_path / "p")
    assert not again.composite.any()


def test_a_star_of_a_table_has_the_system_that_a_library_gives_it() -> None:
    library = replace(
        made_set(2), star=np.array(["HD012345", "HD 7A"]), system=np.array(["HD12345", "HD7"])
    )
    table = replace(
        made_set(3),
        star=np.array(["hd 12345", "HD 7", "mine"]),
        system=np.array(["hd12345", "hd7", "mine"]),
    )
    kept, moved = with_common_systems([library, table])
    assert kept.system.tolist() == ["HD12345", "HD7"]
    assert moved.system.tolist() == ["HD12345", "HD7", "mine"]


def test_too_few_spectra_are_refused_with_numbers(tmp_path: Path) -> None:
    write_stars(tmp_path, 12)
    with pytest.raises(DataError, match="12 labelled spectra of 12 stars are too few"):
        source(tmp_path, tmp_path / "p")


def test_one_type_only_is_refused(tmp_path: Path) -> None:
    path = write_stars(tmp_path, 24)
    lines = path.read_text("utf-8").splitlines()
    one = [";".join([*line.split(";")[:3], "G2 V", *line.split(";")[4:]]) for line in lines[1:]]
    path.write_text("\n".join([lines[0], *one]), encoding="utf-8")
    with pytest.raises(DataError, match="same letter and class as 'G2 V'"):
        source(tmp_path, tmp_path / "p")


def test_labels_without_classes_are_refused(tmp_path: Path) -> None:
    path = write_stars(tmp_path, 24)
    path.write_text(path.read_text("utf-8").replace(" V;", ";").replace(" III;", ";"), "utf-8")
    with pytest.raises(DataError, match="Add luminosity classes"):
        source(tmp_path, tmp_path / "p")
