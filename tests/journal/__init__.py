"""Tests of the journal; a package, since other folders have files of the same names."""
