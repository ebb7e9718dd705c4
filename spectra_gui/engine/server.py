"""The engine child: owns torch, types and explains spectra, and says when it cannot.

Knows bundles and inference, and nothing of files, documents or windows.
"""

from __future__ import annotations

import argparse
import hashlib
import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from spectra_gui.data import Spectrum
from spectra_gui.engine import limits
from spectra_gui.engine.channel import Channel
from spectra_gui.engine.protocol import Message

if TYPE_CHECKING:
    from spectra_gui.bundles import Bundle
    from spectra_gui.inference import Answer, Predictor

_REMEMBERED: Final = 256

_IDLE_S: Final = 0.2
"""After so long without a request, what explaining needs is imported: one second that the first
explanation then does not wait for. Done while spectra are typed, it takes a second from them."""


def main(arguments: Sequence[str]) -> int:
    """Serve messages until the parent goes; the process's entry (``--child engine``)."""
    parser = argparse.ArgumentParser(prog="spectra-gui --child engine")
    parser.add_argument("--bundle")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    channel = Channel()
    limits.give_way()
    limits.forbid_core_dumps()
    limits.forbid_network()
    opened = _open(options.bundle, options.device, options.threads)
    if isinstance(opened, str):
        channel.send("failed", message=opened)
        return 0
    bundle, predictor = opened
    _warm(predictor)
    channel.send(
        "ready",
        device=predictor.device_name,
        bundle=bundle.name,
        sha256=bundle.sha256,
        threads=_torch_threads(),
    )
    _Engine(channel, predictor).serve()
    return 0


def _open(name: str | None, device: str, threads: int) -> tuple[Bundle, Predictor] | str:
    """The bundle and its predictor, or the sentence that tells why there is none."""
    from spectra_gui.bundles import BundleError, find_bundle, load_bundle

    try:
        bundle = load_bundle(find_bundle(name))
    except BundleError as error:
        return str(error)
    import torch

    from spectra_gui.inference import load_predictor

    torch.set_num_threads(threads)
    try:
        return bundle, load_predictor(bundle, device)
    except BundleError as error:
        return str(error)
    except (ValueError, RuntimeError) as error:
        return f"The bundle {bundle.name} cannot be used on the device {device!r}: {error}"


def _torch_threads() -> int:
    import torch

    return int(torch.get_num_threads())


def _warm(predictor: Predictor) -> None:
    """Type one flat spectrum, so that a person's first one does not pay for the first time."""
    import numpy as np

    wavelength_aa = np.arange(3800.0, 7000.0, 1.0)
    flux = 1.0 + 0.1 * np.random.default_rng(0).standard_normal(wavelength_aa.size)
    predictor.classify([Spectrum(wavelength_aa, flux, medium="air", frame="rest")])


class _Engine:
    """The loop of the child: explanations first, cancelled requests never."""

    def __init__(self, channel: Channel, predictor: Predictor) -> None:
        self._channel, self._predictor = channel, predictor
        self._typing: deque[Message] = deque()
        self._explaining: deque[Message] = deque()
        self._told = 0
        self._can_explain = False
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()

    def serve(self) -> None:
        """Answer messages for ever; the channel ends the process with its parent."""
        self._tell_notices()
        while True:
            if not self._typing and not self._explaining:
                self._sort(self._wait())
            while (message := self._channel.receive_now()) is not None:
                self._sort(message)
            if self._explaining:
                self._explain(self._explaining.popleft())
            elif self._typing:
                self._classify(self._typing.popleft())
            self._tell_notices()

    def _wait(self) -> Message | None:
        if not self._can_explain:
            message = self._channel.receive(_IDLE_S)
            if message is not None:
                return message
            self._can_explain = True
            threading.Thread(target=import_module, args=("captum.attr",), daemon=True).start()
        return self._channel.receive()

    def _sort(self, message: Message | None) -> None:
        if message is None:
            return
        if message.kind == "classify":
            self._typing.append(message)
        elif message.kind == "explain":
            self._explaining.append(message)
        elif message.kind == "cancel":
            for waiting in (self._typing, self._explaining):
                for asked in [m for m in waiting if m["id"] == message["id"]]:
                    waiting.remove(asked)
                    self._channel.send("cancelled", id=asked["id"])

    def _classify(self, message: Message) -> None:
        spectra = message["spectra"]
        try:
            answers = [_told(a) for a in self._predict(spectra)]
        except Exception:  # the process's edge: one spectrum must not fail its neighbours
            answers = [self._classify_alone(spectrum) for spectrum in spectra]
        self._channel.send("typed", id=message["id"], answers=answers)

    def _classify_alone(self, spectrum: Spectrum) -> tuple[Any, Any, str]:
        try:
            return _told(self._predict([spectrum])[0])
        except Exception as error:  # the process's edge, told to the person who asked
            return None, None, _sentence("typed", error)

    def _predict(self, spectra: Sequence[Spectrum]) -> list[Answer]:
        answers = self._predictor.classify(spectra)
        for spectrum, answer in zip(spectra, answers, strict=True):
            self._answers[_digest(spectrum)] = answer
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)
        return answers

    def _explain(self, message: Message) -> None:
        spectrum, request = message["spectrum"], message["id"]
        try:
            answer = self._answers.get(_digest(spectrum)) or self._predict([spectrum])[0]
            if answer.prepared is None:
                reasons = " ".join(answer.verdict.reasons)
                self._channel.send("request_failed", id=request, message=reasons)
                return
            explanation = self._predictor.explain(
                answer.prepared,
                answer.verdict,
                target=message["target"],
                method=message["method"],
            )
        except Exception as error:  # the process's edge, told to the person who asked
            self._channel.send("request_failed", id=request, message=_sentence("explained", error))
            return
        self._channel.send("explained", id=request, explanation=explanation)

    def _tell_notices(self) -> None:
        for notice in self._predictor.notices[self._told :]:
            self._channel.send("notice", message=notice)
        self._told = len(self._predictor.notices)


def _told(answer: Answer) -> tuple[Any, Any, str]:
    return answer.verdict, answer.prepared, ""


def _sentence(what: str, error: Exception) -> str:
    return f"The spectrum could not be {what} ({type(error).__name__}: {error})."


def _digest(spectrum: Spectrum) -> bytes:
    """What tells a spectrum from every other for the engine: its arrays and their meaning."""
    state = hashlib.blake2b(digest_size=16)
    for name in ("wavelength_aa", "flux", "sigma", "mask", "fwhm_aa"):
        array = getattr(spectrum, name)
        state.update(b"-" if array is None else array.tobytes())
    meaning = (spectrum.medium, spectrum.frame, spectrum.velocity_kms, spectrum.fwhm_origin)
    state.update(repr(meaning).encode())
    return state.digest()
