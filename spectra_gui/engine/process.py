"""The parent's end of a child: starting it, hearing it, and ending it for certain.

`Supervisor` is one thread per client that owns a child and everything that is asked of it.
Whatever happens (a call of the program, a message of the child, the child's end) becomes one
entry of its inbox, so that the clients need no locks. Knows no kind of request.
"""

from __future__ import annotations

import collections
import itertools
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from spectra_gui.engine.events import Event
from spectra_gui.engine.protocol import Message, ProtocolError, read_message, write_message

_TERMINATE_S: Final = 0.5
_LAST_WORDS_S: Final = 1.0
"""How long a dead child's standard error is waited for: a process of its own may hold it open."""
_STDERR_LINES: Final = 20
_log = logging.getLogger(__name__)


def child_command(child: str, arguments: Sequence[str]) -> list[str]:
    """The command line of a child, for an installed program and for a frozen one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", child, *arguments]
    # -P: a file numpy.py in the folder where the program was started must not be imported.
    return [sys.executable, "-P", "-m", "spectra_gui", "--child", child, *arguments]


def default_threads() -> int:
    """Half of the processors that this process may use, one to four.

    The networks are small: on two cores, one thread types 150 spectra a second. A second one
    would take the reader's and the window's core, and where other programs run, threads that wait
    for each other make typing many times slower (measured: 17 s with one, 182 s with two).
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(1, min(4, cores // 2))


def child_environment(threads: int) -> dict[str, str]:
    """This process's environment, with this very package on the child's path."""
    environment = dict(os.environ)
    root = Path(__file__).resolve().parents[2]
    if root.name not in ("site-packages", "dist-packages"):
        before = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(root), before] if before else [str(root)])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = str(threads)
    # A thread that has nothing to do sleeps instead of burning a core that others need.
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    environment["MALLOC_ARENA_MAX"] = "2"
    return environment


class Child:
    """One running child. ``on_message`` and ``on_end`` are called from its listening thread."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: dict[str, str],
        on_message: Callable[[Child, Message], None],
        on_end: Callable[[Child], None],
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            # Ctrl-C in a terminal is for the program, which then ends its children in order.
            start_new_session=os.name == "posix",
        )
        self._stderr: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES)
        self._on_message, self._on_end = on_message, on_end
        name = f"child-{self.pid}"
        self._drainer = threading.Thread(target=self._drain, name=name, daemon=True)
        self._drainer.start()
        threading.Thread(target=self._listen, name=name, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    @property
    def last_words(self) -> str:
        """The last line that it wrote to standard error, or ""."""
        return next((line for line in reversed(tuple(self._stderr)) if line.strip()), "").strip()

    def send(self, kind: str, **values: Any) -> None:
        """Write a message; the child's end shows up in ``on_end``, never here."""
        try:
            write_message(cast(BinaryIO, self._process.stdin), kind, **values)
        except (OSError, ValueError):  # gone, or its pipe is closed already
            _log.debug("child %d took no %s", self.pid, kind)

    def end(self) -> None:
        """End it now, within half a second more or less, and wait for it."""
        self._process.terminate()
        try:
            self._process.wait(_TERMINATE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        try:
            while (message := read_message(stream)) is not None:
                self._on_message(self, message)
        except (ProtocolError, OSError) as error:
            _log.warning("child %d speaks no sense: %s", self.pid, error)
        self._process.kill()
        self._process.wait()
        self._drainer.join(_LAST_WORDS_S)  # why it died is told from there
        self._on_end(self)
        stream.close()

    def _drain(self) -> None:
        stream = cast(BinaryIO, self._process.stderr)
        for line in stream:
            self._stderr.append(line.decode(errors="replace"))
        stream.close()


class Supervisor:
    """A thread that owns one child; the base of both clients.

    Subclasses give the command line and the answers to calls, messages and ends; all of these
    run on the supervisor's thread. `close` may be called from any thread, the listener included.
    """

    def __init__(self, listener: Callable[[Event], None], *, name: str) -> None:
        self._listener = listener
        self._name = name
        self._tickets = itertools.count(1)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._child: Child | None = None
        self._thread = threading.Thread(target=self._run, name=f"{name}-client", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the child and deliver nothing more. Takes at most about a second; may be repeated."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.end()
        self._inbox.put(lambda: None)
        if threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    # What subclasses say about their child.

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _threads(self) -> int:
        raise NotImplementedError

    def _on_message(self, message: Message) -> None:
        raise NotImplementedError

    def _on_end(self, exit_status: int, last_words: str) -> None:
        raise NotImplementedError

    def _deadline(self) -> float | None:
        """When `_on_deadline` is due (``time.monotonic``), or None."""
        return None

    def _on_deadline(self) -> None:
        raise NotImplementedError

    # What subclasses use.

    def _post(self, call: Callable[[], None]) -> None:
        """Run ``call`` on the supervisor's thread, after what came before."""
        self._inbox.put(call)

    def _emit(self, event: Event) -> None:
        if self._closed:
            return
        try:
            self._listener(event)
        except Exception:  # a listener's fault must not end the thread that serves the others
            _log.exception("the listener of the %s client failed on %s", self._name, event)

    def _start_child(self) -> None:
        """Start a child unless one runs or the client is closed.

        Raises
        ------
        OSError
            Where the operating system starts no process.
        """
        with self._lock:
            if self._closed or self._child is not None:
                return
            self._child = Child(
                self._command(),
                environment=child_environment(self._threads()),
                on_message=lambda c, m: self._post(lambda: self._hear(c, m)),
                on_end=lambda c: self._post(lambda: self._bury(c)),
            )

    def _drop_child(self) -> None:
        """Kill the child; its late messages and its end are not heard any more."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.kill()

    def _send(self, kind: str, **values: Any) -> None:
        child = self._child
        if child is not None:
            child.send(kind, **values)

    def _hear(self, child: Child, message: Message) -> None:
        if child is self._child:
            self._on_message(message)

    def _bury(self, child: Child) -> None:
        with self._lock:
            if child is not self._child:
                return
            self._child = None
        self._on_end(child.exit_status or 0, child.last_words)

    def _run(self) -> None:
        while not self._closed:
            deadline = self._deadline()
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                call = self._inbox.get(timeout=wait)
            except queue.Empty:
                self._on_deadline()
                continue
            if not self._closed:
                call()
