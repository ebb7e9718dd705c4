"""Drawings as SVG text: shapes in named styles, the same bytes for the same picture.

Colours and fonts are those of the page's style sheet, so a drawing follows its light and dark
scheme; every drawing has a title and a description for readers who do not see it. Knows no figure
and no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map of values ``low``–``high`` to positions ``start``–``end`` in pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


class Drawing:
    """A picture of ``width`` × ``height`` pixels that grows by its methods.

    ``name`` is unique on its page; ``title`` and ``description`` say in words what is drawn.
    """

    def __init__(
        self, name: str, width: float, height: float, *, title: str, description: str
    ) -> None:
        self.width, self.height = width, height
        self._head = (
            f'<svg role="img" aria-labelledby="{name}-title {name}-text" '
            f'viewBox="0 0 {_px(width)} {_px(height)}" width="{_px(width)}" '
            f'height="{_px(height)}" xmlns="http://www.w3.org/2000/svg">\n'
            f'<title id="{name}-title">{escape(title)}</title>\n'
            f'<desc id="{name}-text">{escape(description)}</desc>'
        )
        self._parts: list[str] = []

    def line(self, start: Point, end: Point, style: str) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self._parts.append(
            f'<line class="{style}" x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"/>'
        )

    def path(self, points: Iterable[Point], style: str, *, closed: bool = False) -> None:
        """A line through points, or the area that they surround."""
        text = "L".join(f"{_px(x)} {_px(y)}" for x, y in points)
        self._parts.append(f'<path class="{style}" d="M{text}{"Z" if closed else ""}"/>')

    def box(
        self,
        corner: Point,
        size: Point,
        style: str,
        *,
        opacity: float | None = None,
        tip: str = "",
    ) -> None:
        """A rectangle from its upper left corner; ``tip`` is told under a pointer."""
        shown = "" if opacity is None else f' fill-opacity="{opacity:.3f}"'
        self._parts.append(
            f'<rect class="{style}" x="{_px(corner[0])}" y="{_px(corner[1])}" '
            f'width="{_px(size[0])}" height="{_px(size[1])}"{shown}{_end("rect", tip)}'
        )

    def boxes(
        self, corners: Iterable[Point], sizes: Iterable[Point], style: str, opacity: float
    ) -> None:
        """Many rectangles of one colour, as one path."""
        text = "".join(
            f"M{_px(x)} {_px(y)}h{_px(wide)}v{_px(high)}h{_px(-wide)}z"
            for (x, y), (wide, high) in zip(corners, sizes, strict=True)
        )
        self._parts.append(f'<path class="{style}" fill-opacity="{opacity:.3f}" d="{text}"/>')

    def dot(
        self, centre: Point, radius: float, style: str, *, opacity: float | None = None,
        tip: str = "",
    ) -> None:  # fmt: skip
        """A filled circle."""
        shown = "" if opacity is None else f' fill-opacity="{opacity:.3f}"'
        self._parts.append(
            f'<circle class="{style}" cx="{_px(centre[0])}" cy="{_px(centre[1])}" '
            f'r="{_px(radius)}"{shown}{_end("circle", tip)}'
        )

    def text(
        self,
        place: Point,
        words: str,
        *,
        anchor: Anchor = "start",
        style: str = "",
        upright: bool = False,
    ) -> None:
        """Words at a place; ``upright`` turns them to be read from below."""
        x, y = _px(place[0]), _px(place[1])
        named = f' class="{style}"' if style else ""
        turned = f' transform="rotate(-90 {x} {y})"' if upright else ""
        self._parts.append(
            f'<text x="{x}" y="{y}" text-anchor="{anchor}"{named}{turned}>{escape(words)}</text>'
        )

    def x_axis(
        self, scale: Scale, ticks: Sequence[float], y: float, words: str, *, digits: int = 1,
        top: float | None = None,
    ) -> None:  # fmt: skip
        """Labels below ``y``, with grid lines up to ``top`` where it is given."""
        for tick in ticks:
            if top is not None:
                self.line((scale(tick), top), (scale(tick), y), "grid")
            self.text((scale(tick), y + 15), _number(tick, digits), anchor="middle", style="tick")
        middle = 0.5 * (scale.start + scale.end)
        self.text((middle, y + 33), words, anchor="middle", style="axis")

    def y_axis(
        self, scale: Scale, ticks: Sequence[float], x: float, words: str, *, digits: int = 1,
        right: float | None = None, gap: float = 34.0,
    ) -> None:  # fmt: skip
        """Labels left of ``x``, with grid lines to ``right``; the words ``gap`` pixels away."""
        for tick in ticks:
            if right is not None:
                self.line((x, scale(tick)), (right, scale(tick)), "grid")
            self.text((x - 6, scale(tick) + 4), _number(tick, digits), anchor="end", style="tick")
        middle = 0.5 * (scale.start + scale.end)
        self.text((x - gap, middle), words, anchor="middle", style="axis", upright=True)

    def to_svg(self) -> str:
        """The picture as an ``<svg>`` element."""
        return "\n".join([self._head, *self._parts, "</svg>"])


def _px(value: float) -> str:
    """A position with one decimal at most; -0 is 0."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "\N{MINUS SIGN}")


def _end(element: str, tip: str) -> str:
    return f"><title>{escape(tip)}</title></{element}>" if tip else "/>"
