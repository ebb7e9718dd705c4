"""Plots of the window: the spectrum, its evidence strips, the MK map."""
