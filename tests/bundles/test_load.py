"""A bundle is used whole and unchanged, or not at all, with a sentence that says why."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from spectra_gui.bundles import BundleError, find_bundle, load_bundle, load_weights
from spectra_gui.bundles.bundle import DOCUMENT
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


def edit(folder: Path, **changes: object) -> None:
    file = folder / DOCUMENT
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_what_was_written_is_read_back(folder: Path) -> None:
    bundle = load_bundle(folder)
    assert [m.kind for m in bundle.members] == ["three_branch", "residual"]
    assert bundle.templates.names == ("A0 V", "G2 V")
    assert bundle.templates.flux.shape == (2, bundle.preparation.n_pixels)
    assert bundle.card.startswith("# Untrained")
    assert load_weights(bundle, bundle.members[0])


def test_two_loads_carry_the_same_digest_and_a_changed_bundle_another(folder: Path) -> None:
    first = load_bundle(folder).sha256
    assert load_bundle(folder).sha256 == first
    edit(folder, title="changed")
    assert load_bundle(folder).sha256 != first


@pytest.mark.parametrize("name", ["tables.safetensors", "residual.safetensors", "CARD.md"])
def test_a_flipped_bit_is_seen_and_the_file_named(folder: Path, name: str) -> None:
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(raw)
    with pytest.raises(BundleError, match=f"{name} is damaged"):
        load_bundle(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "residual.safetensors").unlink()
    with pytest.raises(BundleError, match=r"residual\.safetensors cannot be read"):
        load_bundle(folder)


def test_a_bundle_of_a_newer_program_asks_for_an_update(folder: Path) -> None:
    edit(folder, schema=99)
    with pytest.raises(BundleError, match=r"newer program.*Update"):
        load_bundle(folder)


def test_a_bundle_for_another_task_is_foreign(folder: Path) -> None:
    edit(folder, task="redshift")
    with pytest.raises(BundleError, match="its task is 'redshift'"):
        load_bundle(folder)


def test_an_incomplete_document_is_refused(folder: Path) -> None:
    document = json.loads((folder / DOCUMENT).read_text())
    del document["members"]
    (folder / DOCUMENT).write_text(json.dumps(document))
    with pytest.raises(BundleError, match="incomplete"):
        load_bundle(folder)


@pytest.mark.parametrize("value", [0.0, float("nan"), "warm"])
@pytest.mark.parametrize(
    "what",
    ["the temperature of residual", "calibration.ensemble_temperature", "trust.novelty_limit"],
)
def test_a_number_that_every_answer_is_divided_by_is_refused_by_name(
    folder: Path, what: str, value: object
) -> None:
    document = json.loads((folder / DOCUMENT).read_text())
    if what.startswith("the temperature"):
        document["members"][1]["temperature"] = value
    else:
        section, key = what.split(".")
        document[section][key] = value
    edit(folder, **document)
    with pytest.raises(
        BundleError, match=rf"tiny is not used: {what} is .*, not a positive number"
    ):
        load_bundle(folder)


def test_a_bundle_without_a_temperature_of_the_ensemble_is_refused_by_name(folder: Path) -> None:
    edit(folder, calibration={})
    with pytest.raises(BundleError, match=r"tiny is not used: .*ensemble_temperature"):
        load_bundle(folder)


def test_a_folder_without_a_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="cannot be read"):
        load_bundle(tmp_path)


def test_a_bundle_cannot_name_a_file_outside_itself(folder: Path) -> None:
    (folder.parent / "secret").write_text("x")
    document = json.loads((folder / DOCUMENT).read_text())
    edit(folder, sha256={**document["sha256"], "../secret": "0" * 64})
    with pytest.raises(BundleError, match="outside itself"):
        load_bundle(folder)


def test_a_link_out_of_the_bundle_is_not_followed(folder: Path) -> None:
    secret = folder.parent / "secret"
    (folder / "CARD.md").rename(secret)
    (folder / "CARD.md").symlink_to(secret)
    with pytest.raises(BundleError, match="outside itself"):
        load_bundle(folder)


def test_weights_that_are_not_finite_are_refused(folder: Path) -> None:
    bundle = load_bundle(folder)
    file = bundle.members[0].weights
    tensors = load_file(file)
    tensors["logits.bias"] = np.full_like(tensors["logits.bias"], np.nan)
    save_file(tensors, file)
    with pytest.raises(BundleError, match=r"logits\.bias"):
        load_weights(bundle, bundle.members[0])


def test_nothing_is_written_over_another_bundle(folder: Path) -> None:
    before = (folder / DOCUMENT).read_bytes()
    with pytest.raises(BundleError, match="exists"):
        write_tiny_bundle(folder)
    assert (folder / DOCUMENT).read_bytes() == before


def test_a_failed_write_leaves_no_draft(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("spectra_gui.bundles.write._write_files", full)
    with pytest.raises(BundleError, match="No space left"):
        write_tiny_bundle(folder.parent / "second")
    assert [p.name for p in folder.parent.iterdir()] == ["tiny"]


def test_an_unknown_name_lists_the_bundles_at_hand() -> None:
    with pytest.raises(BundleError, match=r"Bundles at hand: .*mk-ensemble-2"):
        find_bundle("no-such-bundle")


def test_a_folder_is_found_by_its_path(folder: Path) -> None:
    assert find_bundle(folder) == folder
