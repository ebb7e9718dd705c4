"""Evaluation: how good a bundle is on stars that it did not see, counted as the design says.

`report` has the order of things; `rows` and `metrics` count, `ece` and `bootstrap` say how sure a
figure is, `baseline` and `catalogues` give what to compare with, `render` writes it down. Knows no
network: a bundle's out-of-fold outputs are enough. `ablations` trains variants of a recipe on the
same folds and puts them beside it.
"""
