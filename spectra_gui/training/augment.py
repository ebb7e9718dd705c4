"""Augmentation of prepared spectra, one batch at a time.

What a user's spectrum may have that a library spectrum has not: noise, a velocity or wavelength
error, a coarser line-spread function, slope, ripple and reddening left by flux calibration, missing
ranges. All work on the grid, on the device of the batch, from one generator, so that a run with the
same seed is the same run.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from spectra_gui.prepare.continuum import HIGHEST, KERNEL_REACH, LOWEST
from spectra_gui.recipes import AugmentConfig


class ContinuumFilter:
    """The running mean of `spectra_gui.prepare`, in torch, so that augmented spectra get the same.

    Gaussian of ``sigma_px`` over valid pixels only, through a zero-padded FFT.
    """

    def __init__(self, n_pixels: int, sigma_px: float) -> None:
        self.n_fft = 1 << (n_pixels + int(KERNEL_REACH * sigma_px)).bit_length()
        lag = torch.arange(self.n_fft, dtype=torch.float64)
        lag = torch.minimum(lag, self.n_fft - lag)
        kernel = torch.exp(-0.5 * (lag / sigma_px) ** 2)
        kernel[lag > KERNEL_REACH * sigma_px] = 0.0
        self.response = torch.fft.rfft(kernel / kernel.sum()).to(torch.complex64)

    def mean(self, flux: Tensor, valid: Tensor) -> Tensor:
        """(batch, n) running mean of ``flux`` where ``valid`` (0 or 1) says so."""
        n = flux.shape[-1]
        stacked = torch.stack([flux * valid, valid])  # (2, batch, n)
        smooth = torch.fft.irfft(torch.fft.rfft(stacked, self.n_fft) * self.response, self.n_fft)[
            ..., :n
        ]
        mean: Tensor = smooth[0] / smooth[1].clamp_min(1e-3)
        return mean

    def normalise(self, flux: Tensor, valid: Tensor) -> Tensor:
        """Flux over its running mean, cut as `spectra_gui.prepare` does; 1 where not valid."""
        ratio = flux / self.mean(flux, valid).clamp_min(1e-6)
        return torch.where(valid > 0, ratio.clamp(LOWEST, HIGHEST), torch.ones_like(ratio))


class Augmenter:
    """Draws augmentations for batches of (flux, valid) on one grid.

    ``continuum`` None leaves the continuum of what was drawn as it is.
    """

    def __init__(
        self,
        config: AugmentConfig,
        *,
        wavelength_aa: Tensor,
        continuum: ContinuumFilter | None,
        generator: torch.Generator,
    ) -> None:
        self.config = config
        self.continuum = continuum
        self.generator = generator
        n = wavelength_aa.numel()
        self.position = torch.linspace(-0.5, 0.5, n)
        self.pixel = torch.arange(n, dtype=torch.float32)
        # A(λ)/E(B-V) in magnitudes up to a constant, which the continuum takes out: in the visual
        # Cardelli, Clayton & Mathis 1989, ApJ 345, 245 is near linear in 1/λ, with slope 2.5 µm.
        self.extinction = 0.4 * math.log(10.0) * 2.5 * (1e4 / wavelength_aa - 1.82)

    def __call__(self, flux: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
        """Augmented copies of ``flux`` (batch, n; continuum 1) and ``valid`` (batch, n; 0 or 1)."""
        flux, valid = self._shift(flux, valid)
        flux = self._blur(flux)
        flux = flux * self._calibration_error(flux.shape[0])
        flux = flux + self._noise(flux)
        valid = self._drop_range(valid)
        if self.continuum is None:
            return torch.where(valid > 0, flux, torch.ones_like(flux)), valid
        return self.continuum.normalise(flux, valid), valid

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.generator)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self.generator)

    def _shift(self, flux: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
        n = flux.shape[1]
        shift = self.config.shift_px * self._normal(flux.shape[0], 1)
        where = (self.pixel + shift).clamp(0, n - 1.001)
        left = where.floor().long()
        part = where - left
        moved = flux.gather(1, left) * (1 - part) + flux.gather(1, left + 1) * part
        return moved, valid.gather(1, left) * valid.gather(1, left + 1)

    def _blur(self, flux: Tensor) -> Tensor:
        """Convolve each spectrum with its own Gaussian, as a product in Fourier space."""
        sigma = self.config.blur_px * self._uniform(flux.shape[0], 1)
        n = flux.shape[1]
        frequency = torch.fft.rfftfreq(n)
        response = torch.exp(-2.0 * (torch.pi * sigma * frequency) ** 2)
        blurred: Tensor = torch.fft.irfft(torch.fft.rfft(flux - 1.0) * response, n)
        return blurred + 1.0

    def _calibration_error(self, batch: int) -> Tensor:
        c = self.config
        x = self.position
        log_flux = c.slope * (self._normal(batch, 1) * x + self._normal(batch, 1) * (x**2 - 1 / 12))
        red = c.reddening * (2.0 * self._uniform(batch, 1) - 1.0)
        log_flux = log_flux - red * self.extinction
        period = 60.0 * 10.0 ** self._uniform(batch, 1)
        phase = 2 * torch.pi * self._uniform(batch, 1)
        wave = torch.sin(2 * torch.pi * self.pixel / period + phase)
        return torch.exp(log_flux + c.ripple * self._normal(batch, 1) * wave)

    def _noise(self, flux: Tensor) -> Tensor:
        """The amplitude is a power of a uniform draw between least and largest."""
        c = self.config
        draw = self._uniform(flux.shape[0], 1) ** c.noise_power
        sigma = c.least_noise + (c.noise - c.least_noise) * draw
        return sigma * self._normal(*flux.shape)

    def _drop_range(self, valid: Tensor) -> Tensor:
        """Lose one range; half of the time it starts at an end of the grid."""
        batch, n = valid.shape
        length = n * self.config.gap_fraction * self._uniform(batch, 1)
        start = (n - length) * self._uniform(batch, 1)
        at_end = self._uniform(batch, 1)
        start = torch.where(at_end < 0.25, torch.zeros_like(start), start)
        start = torch.where(at_end > 0.75, n - length, start)
        lost = (self.pixel >= start) & (self.pixel < start + length)
        lost &= self._uniform(batch, 1) < self.config.gap_probability
        return torch.where(lost, torch.zeros_like(valid), valid)
