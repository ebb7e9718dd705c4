"""The child's end of the two pipes: messages in, messages out, gone when the parent is gone.

A thread reads the standard input, so that the end of the parent is noticed while the child
works. Standard output belongs to the protocol alone: what a library prints goes to standard
error.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import Any

from spectra_gui.engine.protocol import Message, ProtocolError, read_message, write_message


class Channel:
    """Both pipes of a child process; one per process, since it takes over file numbers 0 and 1."""

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb")
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="channel", daemon=True).start()

    def receive(self, timeout_s: float | None = None) -> Message | None:
        """The next message; None when ``timeout_s`` passes without one."""
        try:
            return self._inbox.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def receive_now(self) -> Message | None:
        """The next message that has come already, or None."""
        try:
            return self._inbox.get_nowait()
        except queue.Empty:
            return None

    def send(self, kind: str, **values: Any) -> None:
        """Write one message; ends the process where the parent has gone."""
        try:
            write_message(self._out, kind, **values)
        except OSError:
            os._exit(0)

    def _listen(self) -> None:
        try:
            while (message := read_message(self._in)) is not None:
                self._inbox.put(message)
        except (ProtocolError, OSError):
            pass
        # The parent is gone, or speaks no more sense: whatever the main thread does is for nobody.
        os._exit(0)
