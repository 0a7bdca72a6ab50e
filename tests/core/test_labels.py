"""Which marks are about the whole session, and what they name; the replay's page says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from telehealth_widget.core.labels import STRUCTURAL, is_structural, named

RECORDING = Path(__file__).parents[2] / "js" / "src" / "replay" / "recording.ts"


@pytest.mark.parametrize("label", ["phase: a", "Study:b", "SITE  : c", "condition:", "phase\t:d"])
def test_marks_of_phases_and_labels_are_not_about_a_moment(label: str) -> None:
    assert is_structural(label)


@pytest.mark.parametrize("label", ["", "rupture", "alliance: rupture", "sites: x", "a phase: b"])
def test_other_marks_are_also_with_a_colon_in_them(label: str) -> None:
    assert not is_structural(label)


def test_what_stands_behind_the_word_is_named() -> None:
    assert named("Study : TRIAL1 ", "study") == "TRIAL1"
    assert named("study: TRIAL1", "site") is None
    assert named("study: ", "study") is None
    assert named("studies: x", "study") is None


def test_the_page_of_a_replay_tells_them_apart_in_the_same_way() -> None:
    assert f"/^{STRUCTURAL.pattern}/i" in RECORDING.read_text(encoding="utf-8")
