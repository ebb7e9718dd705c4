"""A file of variants: what each changes, and what none may."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui import assets
from spectra_gui.evaluation.variants import read_variants
from spectra_gui.recipes import ConfigError
from spectra_gui.training.run import check_networks
from tests.evaluation.made_libraries import write_recipe


def write(folder: Path, text: str) -> Path:
    write_recipe(folder)
    path = folder / "ablations.toml"
    path.write_text('base = "train.toml"\nmembers = ["small-three_branch"]\n' + text)
    return path


def test_a_variant_differs_by_what_it_names_and_by_nothing_else(tmp_path: Path) -> None:
    text = '[[variants]]\nname = "quiet"\nabout = "no noise"\naugment = { noise = 0.0 }\n'
    found = read_variants(write(tmp_path, text))
    (quiet,) = found.others
    assert quiet.config.augment.noise == 0.0
    changed = quiet.config.to_dict()
    changed["augment"]["noise"] = found.base.config.augment.noise
    assert changed == found.base.config.to_dict()
    assert [member.name for member in found.base.config.members] == ["small-three_branch"]


def test_architecture_changes_every_member_and_members_come_from_the_recipe(
    tmp_path: Path,
) -> None:
    text = (
        '[[variants]]\nname = "two"\nmembers = ["small-three_branch", "small-residual"]\n'
        "architecture = { hidden = 4 }\n"
    )
    (two,) = read_variants(write(tmp_path, text)).others
    assert [member.architecture["hidden"] for member in two.config.members] == [4, 4]
    assert [member.kind for member in two.config.members] == ["three_branch", "residual"]
    assert two.config.members[0].architecture["kernels"] == [3, 5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[variants]]\nabout = 'x'\n", "every one of the variants needs a name"),
        ("[[variants]]\nname = 'a'\nseed = 3\n", "a: unknown key seed; allowed: name, group"),
        ("[[variants]]\nname = 'a'\nscoring = { folds = 3 }\n", "a: unknown key scoring"),
        ("[[variants]]\nname = 'a'\naugment = 0\n", "a: augment must be a table"),
        ("[[variants]]\nname = 'a'\nloss = { alpha = 1 }\n", "a: unknown key loss.alpha"),
        ("[[variants]]\nname = 'a'\nloss = { distance_weight = 2.0 }\n", "a: loss.distance_weight"),
        ("[[variants]]\nname = 'a'\nmembers = ['b']\n", "a: members has 'b'; allowed: small-three"),
        ("[[variants]]\nname = 'a'\nmembers = []\n", "a: members is empty"),
        (
            "[[variants]]\nname = 'a'\ndata = { libraries = ['miles'] }\n",
            "a: data.libraries cannot be changed, since all variants are scored on the same stars",
        ),
        ("[[variants]]\nname = 'a'\n[[variants]]\nname = 'a'\n", "two variants have the name 'a'"),
        ("[[variants]]\nname = 'base'\n", "two variants have the name 'base'"),
        ("folds = 3\n", "unknown key folds; allowed: base"),
        ("[[variants]\n", "is not valid TOML"),
    ],
)
def test_what_a_file_must_not_say_is_told_with_the_variant(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        read_variants(write(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone.toml cannot be read"):
        read_variants(tmp_path / "gone.toml")


def test_a_recipe_that_starts_from_a_bundle_has_no_variants(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    write_recipe(tmp_path, start="adapt", base="mk-ensemble-2")
    with pytest.raises(ConfigError, match="start is 'adapt'"):
        read_variants(path)


def test_the_variants_that_come_with_the_program_can_be_trained() -> None:
    found = read_variants(assets.models_folder() / "comparison" / "ablations.toml")
    recipes = [variant.config for variant in found]
    for config in recipes:
        check_networks(config)
    assert all(variant.group and variant.about for variant in found.others)
    assert len({str(config.to_dict()) for config in recipes}) == len(recipes)
