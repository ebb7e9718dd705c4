"""Panels of the window: pure widgets that take frozen values and emit what a person does."""
