"""Measures reading in a process of its own, and prints what it found as JSON.

python -m tests.benchmarks.read_run warm FILE      median seconds of reading a file again
python -m tests.benchmarks.read_run many FOLDER    seconds of reading all files, one by one
python -m tests.benchmarks.read_run child FOLDER   the same through the reading child
"""

from __future__ import annotations

import json
import queue
import statistics
import sys
import time
from pathlib import Path

from spectra_gui.engine.client import Event, ReadDone, ReaderClient, ReadFailed
from spectra_gui.readers import read

REPEATS = 200


def warm(path: Path) -> dict[str, float]:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        read(path)
        times.append(time.perf_counter() - began)
    return {"read_s": statistics.median(times)}


def many(folder: Path) -> dict[str, float]:
    paths = sorted(folder.iterdir())
    read(paths[0])
    began = time.perf_counter()
    for path in paths:
        read(path)
    return {"all_s": time.perf_counter() - began, "files": float(len(paths))}


def child(folder: Path) -> dict[str, float]:
    paths = sorted(folder.iterdir())
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    client = ReaderClient(events.put)

    def wait(count: int) -> None:
        while count:
            count -= isinstance(events.get(), ReadDone | ReadFailed)

    client.read(paths[0])
    wait(1)
    began = time.perf_counter()
    for path in paths:
        client.read(path)
    wait(len(paths))
    seconds = time.perf_counter() - began
    client.close()
    return {"all_s": seconds, "files": float(len(paths))}


if __name__ == "__main__":
    measure = {"warm": warm, "many": many, "child": child}[sys.argv[1]]
    sys.stdout.write(json.dumps(measure(Path(sys.argv[2]))) + "\n")
