"""The retraining wizard: from labelled spectra to an installed bundle, through the command line.

It writes a config and runs ``spectra-gui train`` on it in a child; whatever it shows, the child
said. Imports no torch and reads no spectrum.
"""

from spectra_gui.window.wizard.wizard import RetrainWizard, open_wizard

__all__ = ["RetrainWizard", "open_wizard"]
