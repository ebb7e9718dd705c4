"""Whether guided backpropagation can follow a network.

Guided backpropagation works on modules: it rewrites the gradient at every ``nn.ReLU`` and knows no
other activation. A functional, shared or different activation would pass unnoticed and turn the
explanation into a plain gradient, so such networks are refused before they are explained.

Knows torch; knows no captum, no target and no spectrum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from spectra_gui.networks.base import LinearPath, Network

_TRANSPARENT: Final = frozenset(
    {
        "convolution", "addmm", "mm", "bmm", "t", "native_batch_norm", "cudnn_batch_norm",
        "miopen_batch_norm", "_native_batch_norm_legit_no_training", "native_layer_norm",
        "native_group_norm", "avg_pool2d", "_adaptive_avg_pool2d", "mean", "sum", "max", "amax",
        "max_pool2d_with_indices", "add", "add_", "sub", "mul", "div", "neg", "cat", "stack",
        "view", "_unsafe_view", "permute", "transpose", "squeeze", "unsqueeze", "expand", "slice",
        "select", "split", "split_with_sizes", "unbind", "constant_pad_nd", "clone", "detach",
        "alias", "_to_copy", "empty",
    }
)  # fmt: skip
"""ATen operations that are linear, pooling or normalisation: their own gradient is right."""

_RELU: Final = frozenset({"relu", "relu_"})

ADVICE: Final = "Give every activation an nn.ReLU of its own, or explain by occlusion."


class StructureError(ValueError):
    """A network that guided backpropagation would explain wrongly; the message says where."""


def check_explainable(network: Network, x: Tensor) -> None:
    """Follow one forward pass and refuse what guided backpropagation does not see.

    The network must be in evaluation mode. It is left as it was, also after an exception.

    Parameters
    ----------
    x : (batch, 2, n_pixels)

    Raises
    ------
    StructureError
        For an activation that is not an ``nn.ReLU`` module, and for an ``nn.ReLU`` that is used
        more than once, works in place, or whose input goes elsewhere too.
    """
    names = {module: name for name, module in network.named_modules()}
    watch = _Watch(names)
    handles = []
    try:
        for module in names:
            handles.append(module.register_forward_pre_hook(watch.enter))
            handles.append(module.register_forward_hook(watch.leave))
        with torch.inference_mode(False), torch.no_grad(), watch:
            network(x.clone())
    finally:
        for handle in handles:
            handle.remove()
    watch.verify()
    for layer in network.cam_layers():
        if watch.calls[layer.module] != 1:
            raise StructureError(
                f"The layer that Grad-CAM looks at in branch {layer.branch!r} is used "
                f"{watch.calls[layer.module]} times in one pass, not once. {ADVICE}"
            )


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operation of a pass, the module it happens in, and what it reads."""

    def __init__(self, names: Mapping[nn.Module, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: Counter[nn.Module] = Counter()
        self._names = names
        self._stack: list[nn.Module] = []
        self._reads: Counter[int] = Counter()
        self._relu_inputs: dict[int, nn.Module] = {}
        self._alive: list[Tensor] = []  # ids stay unique while their tensors live

    def enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.calls[module] += 1
        self._stack.append(module)
        if isinstance(module, nn.ReLU):
            self._relu_inputs[id(inputs[0])] = module
            self._alive.append(inputs[0])

    def leave(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        self._stack.pop()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        for value in tree_iter(args):
            if isinstance(value, Tensor):
                self._reads[id(value)] += 1
                self._alive.append(value)
        name = func.overloadpacket.__name__
        inside_relu = bool(self._stack) and isinstance(self._stack[-1], nn.ReLU)
        # For given gaps a linear path is affine in the flux, by whatever operations it fills them.
        affine = any(isinstance(module, LinearPath) for module in self._stack)
        if not affine and not (inside_relu and name in _RELU) and name not in _TRANSPARENT:
            raise StructureError(
                f"Guided Grad-CAM cannot explain this network: {self._place()} applies "
                f"{name!r}, which guided backpropagation does not follow. {ADVICE}"
            )
        return func(*args, **(kwargs or {}))

    def verify(self) -> None:
        for module, count in self.calls.items():
            if isinstance(module, nn.ReLU) and (count > 1 or module.inplace):
                fault = f"is used {count} times" if count > 1 else "works in place"
                raise StructureError(
                    f"Guided Grad-CAM cannot explain this network: the ReLU "
                    f"{self._names[module]!r} {fault}. {ADVICE}"
                )
        for key, module in self._relu_inputs.items():
            if self._reads[key] > 1:
                raise StructureError(
                    f"Guided Grad-CAM cannot explain this network: what goes into the ReLU "
                    f"{self._names[module]!r} is used elsewhere too. {ADVICE}"
                )

    def _place(self) -> str:
        if not self._stack:
            return "it"
        module = self._stack[-1]
        return f"{self._names[module] or 'the network'!r} ({type(module).__name__})"
