"""The settings file holds what differs, keeps what it does not know, and tells what is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectra_gui.settings import SCHEMA, SettingError, Settings, load_settings, to_markdown
from spectra_gui.settings import store as store_module
from spectra_gui.settings.toml import write_toml


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.toml"


def test_an_absent_file_gives_the_defaults(path: Path) -> None:
    settings = load_settings(path)
    assert {s.key: settings.get(s.key) for s in SCHEMA} == {s.key: s.default for s in SCHEMA}
    assert settings.problems == ()


def test_the_file_holds_only_what_differs(path: Path) -> None:
    settings = load_settings(path)
    settings.set("theme", "dark")
    settings.set("device", "auto")
    settings.save()
    assert tomllib.loads(path.read_text()) == {"version": 1, "theme": "dark"}
    assert load_settings(path).text("theme") == "dark"


def test_a_setting_set_back_leaves_the_file(path: Path) -> None:
    settings = load_settings(path)
    settings.set("threads", 3)
    settings.save()
    settings.reset("threads")
    settings.save()
    assert "threads" not in path.read_text()


def test_keys_of_another_version_survive_a_save(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[future]\ndepth = 3\nwords = ["a", "b"]\n')
    settings = load_settings(path)
    (problem,) = settings.problems
    assert "future is no setting of this version" in problem
    settings.set("show_line_marks", False)
    settings.save()
    kept = tomllib.loads(path.read_text())
    assert kept["future"] == {"depth": 3, "words": ["a", "b"]}
    assert kept["show_line_marks"] is False


def test_a_newer_file_stays_one_of_its_version(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("version = 7\n")
    load_settings(path).save()
    assert tomllib.loads(path.read_text()) == {"version": 7}


def test_a_wrong_value_stays_in_the_file_until_the_setting_is_changed(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('threads = "4"\ntheme = "drak"\n')
    settings = load_settings(path)
    settings.set("device", "cpu")
    settings.save()
    kept = tomllib.loads(path.read_text())
    assert kept == {"version": 1, "device": "cpu", "threads": "4", "theme": "drak"}
    settings.set("theme", "dark")
    settings.set("threads", 0)
    settings.save()
    assert tomllib.loads(path.read_text()) == {"version": 1, "device": "cpu", "theme": "dark"}
    assert load_settings(path).problems == ()


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ('theme = "purple"', "system, light, dark"),
        ("threads = -1", "0 to 256"),
        ('threads = "many"', "whole number"),
        ("read_time_s = nan", "1 to 3600 s"),
        ("show_line_marks = 1", "true, false"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_is_allowed(
    line: str, allowed: str, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text(line + '\ndevice = "cpu"\n')
    settings = load_settings(path)
    key = line.split()[0]
    (problem,) = settings.problems
    assert key in problem
    assert allowed in problem
    assert settings.get(key) == next(s.default for s in SCHEMA if s.key == key)
    assert settings.text("device") == "cpu"


def test_a_file_that_is_no_toml_is_told_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("theme = dark ?")
    settings = load_settings(path)
    assert "cannot be read" in settings.problems[0]
    assert settings.text("theme") == "system"
    settings.set("theme", "dark")
    settings.save()
    assert path.with_name("settings.toml.unread").read_text() == "theme = dark ?"
    assert load_settings(path).text("theme") == "dark"


def test_setting_a_wrong_value_raises() -> None:
    with pytest.raises(SettingError, match="autosave_seconds"):
        Settings().set("autosave_seconds", 1e6)
    with pytest.raises(KeyError, match="no setting"):
        Settings().set("colour", "red")


def test_a_whole_number_is_a_number() -> None:
    settings = Settings({"read_time_s": 30})
    assert settings.number("read_time_s") == 30.0


def test_an_older_file_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(values: dict[str, object]) -> dict[str, object]:
        values["theme"] = values.pop("scheme")
        return values

    monkeypatch.setattr(store_module, "MIGRATIONS", {0: rename})
    path.parent.mkdir()
    path.write_text('version = 0\nscheme = "light"\n')
    settings = load_settings(path)
    assert settings.text("theme") == "light"
    settings.save()
    assert tomllib.loads(path.read_text()) == {"version": 1, "theme": "light"}


def test_a_save_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(path)
    settings.set("theme", "dark")
    settings.save()

    def refuse(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    settings.set("theme", "light")
    with pytest.raises(OSError, match="no space"):
        settings.save()
    assert tomllib.loads(path.read_text())["theme"] == "dark"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_documentation_names_every_setting() -> None:
    text = to_markdown()
    for declared in SCHEMA:
        assert f"`{declared.key}`" in text
        assert declared.help in text


def test_every_default_is_allowed() -> None:
    for declared in SCHEMA:
        assert declared.check(declared.default) == declared.default


_plain = st.one_of(
    st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False), st.text()
)


@given(
    st.dictionaries(
        st.text(min_size=1), st.one_of(_plain, st.lists(_plain), st.dictionaries(st.text(), _plain))
    )
)
def test_written_toml_reads_back(values: dict[str, object]) -> None:
    assert tomllib.loads(write_toml(values)) == values
