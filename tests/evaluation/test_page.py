"""The page stands alone, shows what the other renderers show, and is the same every time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.evaluation.outputs import read_outputs
from spectra_gui.evaluation.page import Pictures, to_html
from spectra_gui.evaluation.render import to_json
from spectra_gui.evaluation.report import compute
from spectra_gui.evaluation.table import Report
from tests.evaluation.made import made_arrays, save_arrays


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = save_arrays(tmp_path_factory.mktemp("oof") / "oof.npz", made_arrays())
    found = compute(
        read_outputs(path), PreparationSpec(), data_folder=None, with_baselines=False
    )  # fmt: skip
    return Report(
        "made <1>", "ab" * 32, "cd" * 32, "spectra-gui evaluate made", "288 spectra.",
        found.rows, found.comparisons, found.apart, found.notes, found.detail,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pictures(report: Report) -> Pictures:
    spec = PreparationSpec(n_pixels=400)
    assert report.detail is not None
    ids = np.array([mistake.id for mistake in report.detail.mistakes])
    flux = 1.0 - 0.3 * np.random.default_rng(0).random((len(ids), 400))
    valid = np.ones(flux.shape, dtype=bool)
    valid[:, 100:140] = False
    mean = np.ones((1, 400), dtype=np.float32)
    templates = Templates(("G2 V",), np.array([42.0]), np.array([4]), mean, np.array([3]))
    return Pictures(spec, templates, ids, flux.astype(np.float32), valid)


@pytest.fixture(scope="module")
def text(report: Report, pictures: Pictures) -> str:
    return to_html(report, pictures)


class _Outline(HTMLParser):
    """Tags that are open, anchors, and what would reach out of the file."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [(given["href"] or "").removeprefix("#")] if "href" in given else []
        self.outside += [f"{tag} {k}" for k in given if k in ("src", "srcset", "data", "action")]
        if tag in ("script", "link", "iframe", "object", "image", "use"):
            self.outside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_file_is_well_formed_and_asks_for_nothing_else(text: str) -> None:
    outline = _Outline()
    outline.feed(text)
    assert outline.open == []
    assert outline.outside == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.links
    assert set(outline.links) <= set(outline.ids)
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in text
    assert "@import" not in text


def test_every_picture_says_in_words_what_it_shows(text: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)
    assert len(drawings) >= 10
    space = "{http://www.w3.org/2000/svg}"
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        words = [root.find(f"{space}title"), root.find(f"{space}desc")]
        names = [node.get("id") for node in words if node is not None and node.text]
        assert root.get("aria-labelledby", "").split() == names


def test_no_colour_stands_outside_the_schemes(text: str) -> None:
    _, _, after = text.partition("</style>")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[\"; ])", after)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_the_same_report_gives_the_same_bytes(
    report: Report, pictures: Pictures, text: str
) -> None:
    assert to_html(report, pictures) == text


def test_figures_are_those_of_the_other_files(report: Report, text: str) -> None:
    joint = report.rows[0].figures["joint"]
    assert f"{joint.value:.3f} [{joint.low:.3f}, {joint.high:.3f}]" in text
    kept = json.loads(json.dumps(to_json(report), allow_nan=False))
    assert kept["schema"] == 2
    assert kept["detail"]["n_spectra"] == report.rows[0].n_spectra
    for mistake in kept["detail"]["mistakes"]:
        assert mistake["id"] in text
    assert "made &lt;1&gt;" in text
    assert "made <1>" not in text


def test_without_spectra_the_mistakes_stand_in_a_table(report: Report) -> None:
    text = to_html(report)
    assert "Worst mistakes" in text
    assert 'class="spectrum"' not in text
    assert "not at hand" in text


def test_a_spectrum_is_drawn_with_its_gap(pictures: Pictures, text: str) -> None:
    drawing = text.split('aria-labelledby="mistake-', 1)[1].split("</svg>", 1)[0]
    # Two pieces over the class mean of the answer, two over that of the label.
    assert drawing.count('class="spectrum"') == 4


def test_numbers_of_a_negative_difference_carry_a_minus_sign(report: Report, text: str) -> None:
    assert any(c.difference.low < 0 for c in report.comparisons)
    assert not re.search(r'<td class="number">-\d', text)
