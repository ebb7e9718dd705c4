"""YAML as plain values: no tag makes an object, and headers have a size. Knows no format."""

from __future__ import annotations

from typing import Any, Final

_MAX_TEXT: Final = 1 << 17
_MAX_VALUES: Final = 100_000
"""Values of a document, those behind each alias counted each time: aliases of aliases explode."""


class YamlError(ValueError):
    """YAML that cannot be understood; the message is part of a sentence."""


def load_plain_yaml(text: str) -> dict[str, Any]:
    """A mapping of plain values. Tags that only their writer knows are ignored.

    Raises `YamlError`.
    """
    import yaml  # type: ignore[import-untyped]

    if len(text) > _MAX_TEXT:
        raise YamlError("its header is longer than any honest one")

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Safe, and blind to tags."""

    def plain(loader: Any, _suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    Loader.add_multi_constructor("!", plain)
    Loader.add_multi_constructor("tag:", plain)
    try:
        loaded = yaml.load(text, Loader=Loader)
        _unfolded_size(loaded, {})
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        problem = str(error).splitlines()[0]
        raise YamlError(f"its header cannot be understood ({problem})") from None
    if not isinstance(loaded, dict):
        raise YamlError("its header cannot be understood")
    return loaded


def _unfolded_size(value: Any, known: dict[int, int]) -> int:
    """How many values there are where every alias is written out; ``ValueError`` if too many."""
    if not isinstance(value, dict | list | tuple | set):
        return 1
    if id(value) in known:
        return known[id(value)]
    # Met again while it is counted, it holds itself.
    known[id(value)] = _MAX_VALUES
    parts = [*value, *value.values()] if isinstance(value, dict) else list(value)
    size = 1 + sum(_unfolded_size(part, known) for part in parts)
    if size > _MAX_VALUES:
        raise ValueError("it repeats itself without end")
    known[id(value)] = size
    return size
