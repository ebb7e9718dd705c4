"""The engine child with real networks, and Python's door beside it: both give one answer."""

from __future__ import annotations

import json
import queue
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.bundles import BundleError
from spectra_gui.data import Spectrum
from spectra_gui.engine import server
from spectra_gui.engine.classifier import Classifier
from spectra_gui.engine.client import (
    EngineClient,
    EngineFailed,
    EngineReady,
    Explained,
    RequestFailed,
    Typed,
)
from spectra_gui.engine.protocol import Message

from .conftest import Recorder, sun_like


@pytest.fixture
def engine(recorder: Recorder, tiny_bundle: Path) -> Iterator[EngineClient]:
    client = EngineClient(recorder, bundle=tiny_bundle, device="cpu", threads=1)
    client.start()
    yield client
    client.close()


def test_the_child_and_the_python_door_give_the_same_verdict(
    recorder: Recorder, engine: EngineClient, tiny_bundle: Path
) -> None:
    spectra = [sun_like(seed) for seed in range(9)]
    engine.classify([(str(n), spectrum) for n, spectrum in enumerate(spectra)], revision=1)
    typed = recorder.wait(Typed, 9)
    (ready,) = recorder.of(EngineReady)
    classifier = Classifier(tiny_bundle, device="cpu")
    assert (ready.bundle_name, ready.bundle_sha256) == ("tiny", classifier.bundle.sha256)
    assert ready.threads == 1
    verdicts = classifier.classify_many(spectra)
    for event, verdict in zip(typed, verdicts, strict=True):
        assert (event.verdict.type, event.verdict.state) == (verdict.type, verdict.state)
        assert event.verdict.reasons == verdict.reasons
        np.testing.assert_allclose(
            event.verdict.probabilities, verdict.probabilities, atol=1e-5, rtol=0
        )
        assert event.prepared is not None
        assert event.prepared.coverage == verdict.coverage


def test_an_explanation_has_a_strip_for_each_branch(
    recorder: Recorder, engine: EngineClient, tiny_bundle: Path
) -> None:
    engine.explain("star", sun_like(), revision=4, target="luminosity")
    (explained,) = recorder.wait(Explained)
    assert (explained.key, explained.revision) == ("star", 4)
    assert explained.explanation.target == "luminosity"
    assert len(explained.explanation.strips) >= 3
    direct = Classifier(tiny_bundle, device="cpu").explain(sun_like(), target="luminosity")
    for left, right in zip(explained.explanation.strips, direct.strips, strict=True):
        assert left.name == right.name
        np.testing.assert_allclose(left.relevance, right.relevance, atol=1e-4)


def test_a_spectrum_that_cannot_be_prepared_is_refused_not_failed(
    recorder: Recorder, engine: EngineClient
) -> None:
    infrared = Spectrum(np.linspace(20000, 21000, 500), np.ones(500), medium="air", frame="rest")
    engine.classify([("far", infrared)], revision=0)
    (typed,) = recorder.wait(Typed)
    assert typed.verdict.state == "refuse"
    assert typed.prepared is None
    engine.explain("far", infrared, revision=0)
    (failed,) = recorder.wait(RequestFailed)
    assert failed.message == " ".join(typed.verdict.reasons)


def test_a_damaged_bundle_fails_the_engine_with_its_name_and_why(
    recorder: Recorder, tiny_bundle: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_bundle, damaged)
    weights = next(damaged.glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 0xFF
    weights.write_bytes(content)
    client = EngineClient(recorder, bundle=damaged)
    try:
        client.start()
        (failed,) = recorder.wait(EngineFailed)
    finally:
        client.close()
    assert "damaged" in failed.message
    with pytest.raises(BundleError) as raised:
        Classifier(damaged)
    assert str(raised.value) == failed.message


def test_a_newer_bundle_is_refused(recorder: Recorder, tiny_bundle: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(tiny_bundle, newer)
    document = json.loads((newer / "bundle.json").read_text())
    document["schema"] = 999
    (newer / "bundle.json").write_text(json.dumps(document))
    client = EngineClient(recorder, bundle=newer)
    try:
        client.start()
        (failed,) = recorder.wait(EngineFailed)
    finally:
        client.close()
    assert "newer" in failed.message


def test_a_device_that_is_not_here_is_told(recorder: Recorder, tiny_bundle: Path) -> None:
    client = EngineClient(recorder, bundle=tiny_bundle, device="mps")
    try:
        client.start()
        (failed,) = recorder.wait(EngineFailed)
    finally:
        client.close()
    assert "mps" in failed.message


def test_closing_while_torch_loads_takes_less_than_two_seconds(
    recorder: Recorder, tiny_bundle: Path
) -> None:
    client = EngineClient(recorder, bundle=tiny_bundle)
    client.start()
    time.sleep(0.3)
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 2.0
    assert not recorder.events


class _Waiting:
    """A channel whose messages come at once, until none are left."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)

    def receive(self, timeout_s: float | None = None) -> Message | None:
        return self._messages.pop(0) if self._messages else None


def test_what_explaining_needs_is_imported_when_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: queue.SimpleQueue[str] = queue.SimpleQueue()
    monkeypatch.setattr(server, "import_module", imported.put)
    engine = server._Engine(_Waiting(Message("classify", {})), None)
    assert engine._wait() is not None
    assert imported.empty()
    engine._wait()
    assert imported.get(timeout=20.0) == "captum.attr"
    engine._wait()
    assert imported.empty()
