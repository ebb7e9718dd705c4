"""One module for each family of formats: ``NAME``, ``sniff(probe)``, ``read(probe, override)``."""
