"""Broken on purpose: mutations of real files, and what must hold whatever comes of them."""
