"""The pieces of a page: tables, figures beside their numbers, the style sheet of light and dark.

A page is one file that asks the network for nothing and runs no script. Knows no score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final

Cells = Sequence[Sequence[str]]

LONG_TABLE: Final = 16
"""Rows from which on a table is folded on the screen; in print all are open."""

_STYLE: Final = """\
:root { color-scheme: light dark;
  --surface: #ffffff; --raised: #f6f7f9; --ink: #1b1f24; --muted: #5a6470; --rule: #c3c9d1;
  --grid: #e4e7eb; --blue: #1f6fb4; --orange: #c2571a; --band: #d5dee8; --count: #a9b4c0; }
@media (prefers-color-scheme: dark) { :root {
  --surface: #14171b; --raised: #1d2127; --ink: #e6e9ed; --muted: #9aa5b1; --rule: #4a535e;
  --grid: #2b3138; --blue: #6cb2ee; --orange: #f0945a; --band: #2c3a48; --count: #56616d; } }
@media print { :root { color-scheme: light;
  --surface: #ffffff; --raised: #ffffff; --ink: #000000; --muted: #404850; --rule: #a0a8b0;
  --grid: #dfe3e8; --blue: #1f6fb4; --orange: #c2571a; --band: #d5dee8; --count: #a9b4c0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, summary { display: none; } figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--surface);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .4rem; }
p { max-width: 46rem; margin: .4rem 0 .8rem; } a { color: var(--blue); }
.muted, caption, figcaption { color: var(--muted); font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: 0; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr));
  gap: .75rem; margin: 1rem 0; }
dl.tiles div { background: var(--raised); border: 1px solid var(--grid); border-radius: 6px;
  padding: .6rem .8rem; }
dl.tiles dt { color: var(--muted); font-size: .875rem; }
dl.tiles dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
dl.tiles dd small { display: block; font-size: .8125rem; color: var(--muted); }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
figure { margin: .6rem 0; max-width: 100%; overflow-x: auto; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums;
  margin: .4rem 0; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid var(--grid);
  vertical-align: top; }
thead th { border-bottom: 1px solid var(--rule); font-weight: 600; }
tbody th { font-weight: 400; } tbody th:not(.number), td:not(.number) { min-width: 6rem; }
td.number, th.number { text-align: right; white-space: nowrap; }
summary { cursor: pointer; color: var(--blue); font-size: .875rem; }
svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
svg .tick { font-size: 12px; } svg .axis { font-size: 12px; fill: var(--muted); }
svg .heading { font-weight: 600; font-size: 12.5px; }
svg .small { font-size: 9.5px; } svg .tiny { font-size: 8px; }
svg .over { fill: var(--surface); }
svg .grid { stroke: var(--grid); } svg .rule { stroke: var(--rule); }
svg .reference { stroke: var(--muted); stroke-dasharray: 4 3; }
svg .heat { fill: var(--orange); } svg .heat.diagonal { fill: var(--blue); }
svg .error { fill: var(--orange); } svg .band { fill: var(--band); }
svg .count { fill: var(--count); }
svg .mark { fill: var(--blue); } svg .plain { fill: var(--muted); }
svg .bad { fill: var(--orange); }
svg .whisker { stroke: var(--blue); stroke-width: 2; fill: none; }
svg .whisker.plain { stroke: var(--muted); } svg .whisker.bad { stroke: var(--orange); }
svg .curve { stroke: var(--blue); stroke-width: 2; fill: none; }
svg .answer { stroke: var(--blue); stroke-width: 1.8; fill: none; }
svg .label { stroke: var(--orange); stroke-width: 1.8; fill: none; }
svg .spectrum { stroke: var(--ink); stroke-width: .8; fill: none; }
svg .answer-text { fill: var(--blue); } svg .label-text { fill: var(--orange); }
"""


def page(title: str, language: str, body: Sequence[str]) -> str:
    """The whole file."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{language}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>\n{_STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def section(anchor: str, heading: str, *parts: str) -> str:
    """A part of the page with its heading; empty where nothing is in it."""
    filled = [part for part in parts if part]
    if not filled:
        return ""
    head = f'<section id="{anchor}" aria-labelledby="{anchor}-h">'
    return "\n".join([head, f'<h2 id="{anchor}-h">{escape(heading)}</h2>', *filled, "</section>"])


def paragraph(text: str, *, muted: bool = False) -> str:
    """A paragraph of plain words."""
    kind = ' class="muted"' if muted else ""
    return f"<p{kind}>{escape(text)}</p>"


def subheading(text: str) -> str:
    """A heading inside a section."""
    return f"<h3>{escape(text)}</h3>"


def figure(svg: str, caption: str = "") -> str:
    """A drawing below its caption."""
    words = f"<figcaption>{escape(caption)}</figcaption>\n" if caption else ""
    return f"<figure>{words}{svg}</figure>"


def beside(*parts: str) -> str:
    """Parts side by side where there is room, such as a figure and its numbers."""
    return "\n".join(['<div class="beside">', *parts, "</div>"])


def tiles(items: Sequence[tuple[str, str, str]]) -> str:
    """Figures in large: name, number, and what is said below it."""
    lines = [
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(more)}</small></dd></div>"
        for name, value, more in items
    ]
    return "\n".join(['<dl class="tiles">', *lines, "</dl>"])


def table(
    headings: Sequence[str], rows: Cells, caption: str, *, words: int = 1, folded: bool = True
) -> str:
    """A table whose first ``words`` columns hold words and the others numbers; "" without rows.

    A long one is ``folded`` on the screen at first.
    """
    if not rows:
        return ""

    def kind(column: int) -> str:
        return ' class="number"' if column >= words else ""

    head = "".join(
        f'<th scope="col"{kind(i)}>{escape(text)}</th>' for i, text in enumerate(headings)
    )
    lines = []
    for row in rows:
        cells = "".join(f"<td{kind(i)}>{_cell(text)}</td>" for i, text in enumerate(row) if i)
        lines.append(f'<tr><th scope="row"{kind(0)}>{_cell(row[0])}</th>{cells}</tr>')
    made = "\n".join(
        [
            '<div class="scroll" tabindex="0" role="region" aria-label="' + escape(caption) + '">',
            "<table>",
            f"<caption>{escape(caption)}</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *lines,
            "</tbody>",
            "</table>",
            "</div>",
        ]
    )
    if len(rows) <= LONG_TABLE:
        return made
    how = "" if folded else " open"
    return f"<details{how}><summary>Numbers: {escape(caption)}</summary>\n{made}\n</details>"


def _cell(text: str) -> str:
    """A cell's text; a hyphen before a digit is a minus sign."""
    return re.sub(r"(?<![\w-])-(?=[\d.])", "\N{MINUS SIGN}", escape(text))
