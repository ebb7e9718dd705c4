"""Typing in a child: nothing asked is lost, and what kills the child twice fails alone."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from spectra_gui.data import Spectrum
from spectra_gui.engine.client import (
    ChildDied,
    EngineClient,
    EngineFailed,
    EngineReady,
    Explained,
    Notice,
    Progress,
    RequestFailed,
    Typed,
)

from .conftest import HERE, Recorder, sun_like


class UnrulyEngineClient(EngineClient):
    """An `EngineClient` whose child is `unruly_engine`."""

    def _command(self) -> list[str]:
        real = super()._command()
        return [sys.executable, str(HERE / "unruly_engine.py"), *real[real.index("engine") + 1 :]]


@pytest.fixture
def engine(recorder: Recorder) -> Iterator[UnrulyEngineClient]:
    client = UnrulyEngineClient(recorder)
    client.start()
    yield client
    client.close()


@pytest.fixture
def named() -> Callable[[str], tuple[str, Spectrum]]:
    plain = sun_like(n=300)
    return lambda name: (name, dataclasses.replace(plain, name=name))


def test_every_spectrum_gets_its_own_verdict_with_key_and_revision(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    ticket = engine.classify([named(f"star {n}") for n in range(40)], revision=7)
    typed = recorder.wait(Typed, 40)
    assert [(e.key, e.verdict.bundle) for e in typed] == [(f"star {n}",) * 2 for n in range(40)]
    assert {(e.ticket, e.revision) for e in typed} == {(ticket, 7)}
    recorder.wait_until(lambda: Progress(ticket, 40, 40) in recorder.events)
    (ready,) = recorder.of(EngineReady)
    assert ready == EngineReady("auto", "unruly", "0" * 64, 1)


def test_the_first_of_many_comes_alone(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    ticket = engine.classify([named(f"slow {n}") for n in range(10)], revision=0)
    recorder.wait(Typed, 10)
    assert recorder.of(Progress)[0] == Progress(ticket, 1, 10)


def test_what_kills_the_engine_twice_fails_alone(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    names = [f"star {n}" for n in range(12)]
    names[5] = "crash"
    ticket = engine.classify([named(name) for name in names], revision=1)
    recorder.wait(Typed, 11)
    (failed,) = recorder.wait(RequestFailed)
    assert (failed.ticket, failed.key, failed.revision) == (ticket, "crash", 1)
    assert "twice" in failed.message
    assert sorted(e.key for e in recorder.of(Typed)) == sorted(set(names) - {"crash"})
    assert [e.restarting for e in recorder.of(ChildDied)] == [True, True]
    recorder.wait_until(lambda: Progress(ticket, 12, 12) in recorder.events)


def test_an_explanation_beside_a_killer_is_not_blamed(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    engine.classify([named("slow"), named("crash")], revision=0)
    for n in range(3):
        engine.explain(*named(f"star {n}"), revision=0)
    assert [e.key for e in recorder.wait(RequestFailed)] == ["crash"]
    recorder.wait(Explained, 3)
    assert len(recorder.of(RequestFailed)) == 1


def test_a_spectrum_that_the_network_stumbles_on_fails_alone(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    engine.classify([named("slow"), named("star"), named("fail"), named("other")], revision=0)
    recorder.wait(Typed, 3)
    (failed,) = recorder.wait(RequestFailed)
    assert failed.key == "fail"
    assert "stumbled" in failed.message
    assert not recorder.of(ChildDied)


def test_an_explanation_passes_a_long_list(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    engine.classify([named(f"slow {n}") for n in range(60)], revision=0)
    recorder.wait(Typed, 1)
    engine.explain(*named("star"), revision=3, target="temperature")
    (explained,) = recorder.wait(Explained)
    assert (explained.key, explained.revision) == ("star", 3)
    assert explained.explanation.target == "temperature"
    assert len(recorder.of(Typed)) < 60


def test_cancelled_spectra_are_not_heard_of(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    dropped = engine.classify([named(f"slow {n}") for n in range(200)], revision=0)
    recorder.wait(Typed, 1)
    engine.cancel(dropped)
    kept = engine.classify([named("star")], revision=0)
    recorder.wait_until(lambda: any(e.ticket == kept for e in recorder.of(Typed)))
    assert len([e for e in recorder.of(Typed) if e.ticket == dropped]) < 40


def test_notices_are_passed_on_once(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    engine.classify([named("notice"), named("star")], revision=0)
    recorder.wait(Typed, 2)
    recorder.wait(Notice)
    assert recorder.of(Notice) == [Notice("Typing goes on with the processor.")]


def test_a_refused_bundle_fails_the_engine_with_its_sentence(
    recorder: Recorder, named: Callable[[str], tuple[str, Spectrum]]
) -> None:
    client = UnrulyEngineClient(recorder, bundle=Path("broken"))
    try:
        client.classify([named("before")], revision=0)
        (failed,) = recorder.wait(EngineFailed)
        assert "digest" in failed.message
        client.classify([named("after")], revision=0)
        assert [e.key for e in recorder.wait(RequestFailed, 2)] == ["before", "after"]
        client.restart(bundle=Path("sound"))
        assert recorder.wait(EngineReady)[0].bundle_name == "sound"
        client.classify([named("again")], revision=0)
        assert recorder.wait(Typed)[0].key == "again"
    finally:
        client.close()


def test_a_child_that_never_starts_is_given_up(
    recorder: Recorder, named: Callable[[str], tuple[str, Spectrum]]
) -> None:
    client = UnrulyEngineClient(recorder, bundle=Path("stillborn"))
    try:
        client.classify([named("star")], revision=0)
        (failed,) = recorder.wait(EngineFailed)
        assert "ended 2 times before it could work" in failed.message
        assert [e.restarting for e in recorder.of(ChildDied)] == [True]
        client.classify([named("later")], revision=0)
        answers = recorder.wait(RequestFailed, 2)
        assert [(e.key, e.message) for e in answers] == [
            ("star", failed.message), ("later", failed.message)
        ]  # fmt: skip
        assert not psutil.Process().children(recursive=True)
        assert recorder.of(EngineFailed) == [failed]
    finally:
        client.close()


def test_a_restart_with_another_device_loses_nothing(
    recorder: Recorder,
    engine: UnrulyEngineClient,
    named: Callable[[str], tuple[str, Spectrum]],
) -> None:
    engine.classify([named(f"slow {n}") for n in range(8)], revision=0)
    recorder.wait(Typed, 1)
    engine.restart(device="cpu")
    recorder.wait(Typed, 8)
    assert sorted({e.key for e in recorder.of(Typed)}) == [f"slow {n}" for n in range(8)]
    assert [e.device for e in recorder.of(EngineReady)] == ["auto", "cpu"]
    assert not recorder.of(ChildDied)


def test_closing_ends_a_busy_child_within_two_seconds(
    recorder: Recorder, named: Callable[[str], tuple[str, Spectrum]]
) -> None:
    client = UnrulyEngineClient(recorder)
    client.classify([named("star"), named("hang")], revision=0)
    recorder.wait(Typed, 1)
    children = psutil.Process().children(recursive=True)
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 2.0
    assert not [child for child in children if child.is_running()]
