"""Inference: predict, calibrate, judge trust, explain. Knows torch, bundles and preparation."""

from spectra_gui.inference.predict import Answer, Predictor, choose_device, load_predictor

__all__ = ["Answer", "Predictor", "choose_device", "load_predictor"]
