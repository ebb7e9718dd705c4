"""The bytes of a large file, read piece by piece as they are asked for.

So that a table of gigabytes costs the memory of the rows that are wanted. Knows no format.
"""

from __future__ import annotations

import os
import weakref


class FileBytes:
    """A file that is sliced like ``bytes``; it stays open until this object goes.

    Raises ``EOFError`` where the file has become shorter than it was when it was opened.
    """

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._size = size
        weakref.finalize(self, os.close, descriptor)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        begin, end, _ = part.indices(self._size)
        chunks: list[bytes] = []
        os.lseek(self._descriptor, begin, os.SEEK_SET)
        while begin < end:
            # One call gives at most 2 GiB.
            chunk = os.read(self._descriptor, min(end - begin, 1 << 30))
            if not chunk:
                raise EOFError("the file became shorter while it was read")
            chunks.append(chunk)
            begin += len(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)
