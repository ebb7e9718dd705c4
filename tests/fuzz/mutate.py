"""Mutations of a file's bytes that a short recipe repeats exactly.

A recipe is a file's name and a number. Knows bytes, cards and words; knows no reader.
"""

from __future__ import annotations

import gzip
import random
import re
import zlib
from collections.abc import Callable
from typing import Final

CARD: Final = 80
HEAD_BYTES: Final = 20_000
"""Half of the changes fall in a file's beginning, where the headers are."""

NASTY: Final = (
    *"0 -1 1 2 0.1 1e5 1.0D+02 1e308 -1e308 1e-308 nan inf -inf T F 4294967296".split(),
    *"-2147483648 999999999999999999999 '' 'x' 'Angstrom' 'nm' 'um' 'WAVE-LOG' 'LINEAR'".split(),
    *"'MULTISPE' '1D20' 'E' 'PE(99)' '99999D' '".split(),
    "",
)
"""Values for a card or a word, each of which is trouble to some reader."""


def mutated(data: bytes, name: str, number: int, others: Callable[[int], bytes]) -> bytes:
    """The bytes of file ``name`` after the mutations of recipe ``number``.

    ``others(i)`` gives the bytes of some other file, for mutations that join two.
    """
    chance = random.Random(f"{name}:{number}")
    packed = data[:2] == b"\x1f\x8b" and chance.random() < 0.8
    if packed:
        data = gzip.decompress(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if not data:
            break
        change = chance.choice(_CHANGES)
        data = change(data, chance) if change is not _join else _join(data, chance, others)
    if packed and chance.random() < 0.5:
        packer = zlib.compressobj(1, wbits=31)
        data = packer.compress(data) + packer.flush()
    return data


def _place(data: bytes, chance: random.Random) -> int:
    end = len(data)
    if chance.random() < 0.5:
        end = min(end, HEAD_BYTES)
    return chance.randrange(end) if end else 0


def _flip_bits(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        changed[_place(data, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _set_bytes(data: bytes, chance: random.Random) -> bytes:
    begin = _place(data, chance)
    size = chance.choice((1, 4, 8, 80, 2880, 20_000))
    fill = chance.choice((b"\x00", b"\xff", b" ", b"\x7f", b"9", b"\n"))
    return data[:begin] + fill * min(size, len(data) - begin) + data[begin + size :]


def _truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _remove(data: bytes, chance: random.Random) -> bytes:
    begin = _place(data, chance)
    return data[:begin] + data[begin + chance.choice((1, 8, 80, 2880, 5000)) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    begin = _place(data, chance)
    part = data[begin : begin + chance.choice((1, 8, 80, 2880, 5000))]
    return data[:begin] + part * chance.choice((2, 2, 3, 50)) + data[begin:]


def _swap_cards(data: bytes, chance: random.Random) -> bytes:
    n_cards = min(len(data), 4 * HEAD_BYTES) // CARD
    if n_cards < 2:
        return data
    first, second = sorted(chance.sample(range(n_cards), 2))
    a, b = first * CARD, second * CARD
    one, two = data[a : a + CARD], data[b : b + CARD]
    return data[:a] + two + data[a + CARD : b] + one + data[b + CARD :]


def _change_card(data: bytes, chance: random.Random) -> bytes:
    """Another value in a card of FITS, or another word in a text."""
    if not data.startswith(b"SIMPLE"):
        return _change_word(data, chance)
    cards = [m.start() for m in re.finditer(rb"[A-Z0-9_-]+ *= ", data[: 4 * HEAD_BYTES])]
    cards = [place for place in cards if place % CARD == 0]
    if not cards:
        return data
    place = chance.choice(cards)
    value = chance.choice(NASTY)
    card = data[place : place + 10] + f"{value:>20}".encode()
    return data[:place] + card.ljust(CARD) + data[place + CARD :]


def _change_word(data: bytes, chance: random.Random) -> bytes:
    begin = _place(data, chance)
    match = re.compile(rb"[^\s,;<>|]+").search(data, begin, begin + 1000)
    if match is None:
        return data
    return data[: match.start()] + chance.choice(NASTY).encode() + data[match.end() :]


def _join(data: bytes, chance: random.Random, others: Callable[[int], bytes]) -> bytes:
    """The beginning of this file and the end of another, at a block's border."""
    other = others(chance.randrange(1 << 30))
    border = chance.choice((2880, 5760, 8640, 80 * chance.randrange(1, 100)))
    return data[:border] + other[border:]


_CHANGES: Final[tuple[Callable[..., bytes], ...]] = (
    _flip_bits, _flip_bits, _set_bytes, _truncate, _remove, _repeat, _swap_cards, _change_card,
    _change_card, _change_card, _join,
)  # fmt: skip
