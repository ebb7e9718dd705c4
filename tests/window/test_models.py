"""Another model is verified once, beside the window, before anything is typed with it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.window import dialogs, models
from tests.training.made import write_base

Loads = list[tuple[Path, str]]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("other") / "other")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """Every verification: of what, and on which thread."""
    seen: Loads = []

    def watch(path: Path) -> Bundle:
        seen.append((path, threading.current_thread().name))
        return load_bundle(path)

    monkeypatch.setattr(models, "load_bundle", watch)
    monkeypatch.setattr(dialogs, "load_bundle", watch)
    return seen


def test_a_chosen_model_is_verified_once_and_not_on_the_windows_thread(  # type: ignore[no-untyped-def]
    qtbot, bench, other: Path, loads: Loads
) -> None:
    bench.start_engine()
    qtbot.waitUntil(lambda: bench.window.models.bundle is not None)
    loads.clear()
    bench.window.models.use_bundle(other)
    qtbot.waitUntil(lambda: bool(bench.engine.restarts))
    assert bench.engine.restarts[-1][0] == other
    assert bench.window.models.bundle.path == other
    assert bench.settings.text("bundle") == str(other)
    ((path, thread),) = loads
    assert path == other
    assert thread != threading.main_thread().name


def test_a_damaged_model_is_told_and_the_present_one_stays(  # type: ignore[no-untyped-def]
    qtbot, bench, tmp_path: Path
) -> None:
    bench.start_engine()
    (tmp_path / "broken").mkdir()
    bench.window.models.use_bundle(tmp_path / "broken")
    qtbot.waitUntil(lambda: any("broken" in told for told in bench.window.notices.told))
    assert not bench.engine.restarts
    assert bench.settings.text("bundle") == ""


@pytest.mark.parametrize("name", ["no-such-model", "broken"])
def test_a_model_that_is_refused_does_not_stay_in_the_settings(  # type: ignore[no-untyped-def]
    qtbot, bench, tmp_path: Path, name: str
) -> None:
    """Or it would be refused anew at every start."""
    bench.start_engine()
    qtbot.waitUntil(lambda: bench.window.models.bundle is not None)
    (tmp_path / "broken").mkdir()
    bench.settings.set("bundle", str(tmp_path / name))
    bench.window.models.apply_settings({"bundle"})
    qtbot.waitUntil(lambda: any(name in told for told in bench.window.notices.told))
    assert bench.settings.text("bundle") == ""
    assert not bench.engine.restarts


@pytest.mark.parametrize("name", ["no-such-model", "broken"])
def test_a_device_is_used_though_the_model_chosen_with_it_is_refused(  # type: ignore[no-untyped-def]
    qtbot, bench, tmp_path: Path, name: str
) -> None:
    bench.start_engine()
    qtbot.waitUntil(lambda: bench.window.models.bundle is not None)
    (tmp_path / "broken").mkdir()
    bench.settings.set("bundle", str(tmp_path / name))
    bench.settings.set("device", "cpu")
    bench.window.models.apply_settings({"bundle", "device"})
    qtbot.waitUntil(lambda: any(name in told for told in bench.window.notices.told))
    assert bench.engine.restarts == [(None, "cpu")]


def test_of_two_models_chosen_quickly_the_last_is_used(qtbot, bench, other: Path) -> None:  # type: ignore[no-untyped-def]
    bench.start_engine()
    first = write_base(bench.folder / "first")
    bench.window.models.use_bundle(first)
    bench.window.models.use_bundle(other)
    qtbot.waitUntil(lambda: bool(bench.engine.restarts))
    qtbot.wait(100)
    assert [bundle for bundle, _ in bench.engine.restarts] == [other]


def test_the_list_of_models_stands_at_once_and_is_verified_beside_it(  # type: ignore[no-untyped-def]
    qtbot, bench, loads: Loads
) -> None:
    dialog = dialogs.BundleList(bench.window, current=None)
    qtbot.addWidget(dialog)
    assert dialog.table.item(0, 4).text() == "verifying…"
    assert not dialog.card.isEnabled()
    qtbot.waitUntil(lambda: dialog.table.item(0, 4).text() == "verified")
    assert dialog.card.isEnabled()
    assert threading.main_thread().name not in {thread for _, thread in loads}
