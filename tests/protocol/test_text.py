"""Names, codes, labels and free text: what is accepted, in which form, and what looks like what."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode
from telehealth_widget.protocol.text import (
    clean_code,
    clean_label,
    clean_name,
    clean_text,
    skeleton,
)

FAMILY = "👨‍👩‍👧‍👦"


def refuses_name(raw: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        clean_name(raw)
    assert refused.value.code is ErrorCode.BAD_NAME
    assert refused.value.message == SENTENCES[ErrorCode.BAD_NAME]
    assert refused.value.__cause__ is None


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Ana", "Ana"),
        ("  Ana   María  Ruiz ", "Ana María Ruiz"),
        ("Ana\u00a0Ruiz", "Ana Ruiz"),
        ("Ana\u3000Ruiz", "Ana Ruiz"),
        ("Rene\u0301", "René"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("李雷", "李雷"),
        ("한글", "한글"),
        ("क्‍ष", "क्‍ष"),
        ("نیم‌فاصله", "نیم‌فاصله"),
        ("🙂", "🙂"),
        ("👩🏽‍⚕️", "👩🏽‍⚕️"),
        (FAMILY, FAMILY),
        ("7", "7"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("<b>Ana</b>", "<b>Ana</b>"),
        ("a" * 64, "a" * 64),
        ("e\u0301" * 64, "é" * 64),
        (FAMILY * 20, FAMILY * 20),
        ("a" + "\u0301" * 9, "á" + "\u0301" * 8),
    ],
)
def test_a_name_is_kept_in_nfc_with_single_blanks(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("\u00a0", id="no-break space"),
        pytest.param("...", id="dots"),
        pytest.param("\u0301", id="a mark alone"),
        pytest.param("a" * 65, id="65 graphemes"),
        pytest.param("e\u0301" * 65, id="65 decomposed graphemes"),
        pytest.param(FAMILY * 21, id="over 512 bytes"),
        pytest.param("a" + "\u0301" * 10, id="a flood of marks"),
        pytest.param("a" + "\u0301\u0302" * 100, id="a mixed flood of marks"),
        pytest.param("a\u202eb", id="right-to-left override"),
        pytest.param("a\u2066b\u2069", id="isolates"),
        pytest.param("a\u200fb", id="right-to-left mark"),
        pytest.param("a\u061cb", id="Arabic letter mark"),
        pytest.param("a\u200bb", id="zero-width space"),
        pytest.param("a\u2060b", id="word joiner"),
        pytest.param("\ufeffa", id="byte order mark"),
        pytest.param("a\u00adb", id="soft hyphen"),
        pytest.param("a\u200db", id="joiner between Latin letters"),
        pytest.param("Ле\u200cо", id="non-joiner between Cyrillic letters"),
        pytest.param("\u200d", id="a joiner alone"),
        pytest.param(FAMILY + "\u200d", id="a joiner at the end"),
        pytest.param("👨\u200d\u200d👩", id="two joiners"),
        pytest.param("\u3164", id="Hangul filler"),
        pytest.param("a\u115fb", id="Hangul choseong filler"),
        pytest.param("\uffa0", id="halfwidth filler"),
        pytest.param("\u2800", id="braille blank"),
        pytest.param("\U0001d159", id="null note head"),
        pytest.param("a\u034fb", id="grapheme joiner"),
        pytest.param("a\x00", id="NUL"),
        pytest.param("a\x1b[31m", id="escape"),
        pytest.param("a\x1cb", id="a control character that str.split takes for a blank"),
        pytest.param("a\x85b", id="next line"),
        pytest.param("a\nb", id="line feed"),
        pytest.param("a\tb", id="tab"),
        pytest.param("a\u2028b", id="line separator"),
        pytest.param("a\u2029b", id="paragraph separator"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("a\ue000", id="private use"),
        pytest.param("a\U000e0041", id="tag character"),
        pytest.param("a\u0378", id="unassigned"),
        pytest.param("a" * (limits.MAX_MESSAGE_BYTES + 1), id="huge"),
        pytest.param("Ana" + " " * 2 * limits.MAX_NAME_BYTES, id="mostly blanks"),
    ],
)
def test_a_name_that_hides_or_floods_is_refused(raw: str) -> None:
    refuses_name(raw)


@given(st.text(max_size=80))
def test_every_accepted_name_is_stable_short_and_without_controls(raw: str) -> None:
    try:
        name = clean_name(raw)
    except CommandRefused as refused:
        assert refused.code is ErrorCode.BAD_NAME  # noqa: PT017
        return
    assert clean_name(name) == name
    assert len(name.encode()) <= limits.MAX_NAME_BYTES
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in name)
    assert not any(unicodedata.bidirectional(c) in {"RLO", "LRO", "RLI", "LRI"} for c in name)


# -- look-alikes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twin",
    [
        "dr lee",
        "DR. LEE",
        "Dr.  L e e",
        "Dr. Lèé",
        "Dr. Lее",
        "Dг. Lee",
        "Dr. ӏee",
        "Dr. Ꮮee",
        "Dr. Iee",
        "Dr. 1ee",
        "Dr. |ee",
        "Dr. ∣ee",
        "Ｄｒ．Ｌｅｅ",
        "𝐃𝐫. 𝐋𝐞𝐞",
        "𝙳𝚛. 𝙻𝚎𝚎",
        "🄳🅁 🄻🄴🄴",
        "Ⓓⓡ Ⓛⓔⓔ",
        "ᴅʀ ʟᴇᴇ",
        "Dr. Łee",
        "Dr. Lɘɘ",
        "D\u0337r. L\u0301ee",
        "Dr. L\u200dee",
        "Dr. Lee\ufe0f",
    ],
)
def test_a_name_that_looks_like_the_providers_has_the_same_skeleton(twin: str) -> None:
    assert skeleton(twin) == skeleton("Dr. Lee")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oscar Olson", "0scar 0l5on"),
        ("Anna Modern", "Anna Modem"),
        ("Vivian Watt", "Vivian VVatt"),
        ("Αθηνά", "Aθηvα"),
        ("Paul", "Рaul"),
    ],
)
def test_digits_and_letter_pairs_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("name", ["Dr. Lea", "Lee", "Dr. Leen", "Ольга", "李雷", "Ana", "Dr. Li"])
def test_other_names_have_other_skeletons(name: str) -> None:
    assert skeleton(name) != skeleton("Dr. Lee")


def test_scripts_without_latin_twins_keep_their_letters() -> None:
    assert skeleton("李雷") == "李雷"
    assert skeleton("李雷") != skeleton("李磊")


@given(st.text(max_size=40))
def test_a_skeleton_of_anything_is_only_letters_and_digits(raw: str) -> None:
    assert all(unicodedata.category(c)[0] in "LN" for c in skeleton(raw))


# -- codes and labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["P07", "a", "7", "site-2.P_07", "P" * 32])
def test_a_code_is_kept_as_it_is(code: str) -> None:
    assert clean_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        " P07",
        "P07 ",
        "P 07",
        "P07\n",
        "-P07",
        ".P",
        "_P",
        "=P",
        "@P",
        "P/7",
        "Pé",
        "Ｐ07",
        "P" * 33,
    ],
)
def test_a_code_with_anything_else_is_refused(code: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        clean_code(code)
    assert refused.value.code is ErrorCode.BAD_CODE
    assert refused.value.message == SENTENCES[ErrorCode.BAD_CODE]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("rupture", "rupture"), (" cue  2 ", "cue 2"), ("Pause/ä+1: a.b-c_d", "Pause/ä+1: a.b-c_d")],
)
def test_a_label_is_one_line_of_plain_words(raw: str, clean: str) -> None:
    assert clean_label(raw) == clean


@pytest.mark.parametrize("raw", ["", " ", "=1", "-x", "+x", "@x", "a" * 65, "a;b", "a\x00b", "a‮b"])
def test_a_label_that_is_long_or_a_formula_is_refused_and_note_is_named(raw: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        clean_label(raw)
    assert refused.value.code is ErrorCode.BAD_TEXT
    assert "Put anything longer into note=." in refused.value.message


# -- chat and other texts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Hello \n", "Hello"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("e\u0301", "é"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        (FAMILY, FAMILY),
        ("?", "?"),
        ("x" * 4_000, "x" * 4_000),
        (" " + "x" * 4_000 + " ", "x" * 4_000),
    ],
)
def test_a_text_keeps_its_lines_and_loses_outer_blanks(raw: str, clean: str) -> None:
    assert clean_text(raw, 4_000, "A message") == clean


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("", "A message has 1 to 4,000 characters."),
        (" \n\t ", "A message has 1 to 4,000 characters."),
        ("x" * 4_001, "A message has 1 to 4,000 characters."),
        ("a\u202eb", "A message must not hold control or direction marks."),
        ("a\u2067b", "A message must not hold control or direction marks."),
        ("a\x00b", "A message must not hold control or direction marks."),
        ("a\x1b[2J", "A message must not hold control or direction marks."),
        ("a\ud800", "A message must not hold control or direction marks."),
        ("\u200b\u200b", "A message must hold something to read."),
        ("\u0301", "A message must hold something to read."),
    ],
)
def test_a_text_that_is_empty_long_or_hides_something_is_refused(raw: str, sentence: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        clean_text(raw, 4_000, "A message")
    assert refused.value.code is ErrorCode.BAD_TEXT
    assert refused.value.message == sentence
