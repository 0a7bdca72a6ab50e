"""Figures, each beside a floor that the same run measured. `make bench`; nothing is timed inside tests."""
