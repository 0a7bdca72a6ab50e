"""Names, codes, labels and free text from people: what is accepted, and in which form."""

from __future__ import annotations

import re
import unicodedata

import regex
from confusable_homoglyphs import confusables

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode

_GRAPHEME = regex.compile(r"\X")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}\Z")
NO_CODES = frozenset({"everyone", "waiting", "staff", "system"})
"""Audiences of the chat, and the record's word for the server itself."""
_LABEL = re.compile(r"[\w][\w .:/+-]*\Z")

# Invisible although their category is not Cc, Cf, Zl or Zp: Hangul fillers, Khmer inherent vowels,
# the braille blank, Mongolian vowel separators, the null note head.
_INVISIBLE = frozenset(
    "\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0\u034f\U0001d159"
)
_MARKS_FLOOD = regex.compile(r"[\p{Mn}\p{Me}]{9}")
"""More marks on one letter than any script writes: they would cover what stands above and below."""
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200d\u200c"
_NEVER_JOINED = ("LATIN ", "GREEK ", "CYRILLIC ")


def _is_allowed_joiner(text: str, at: int) -> bool:
    """ZWJ/ZWNJ between two visible marks: emoji families and Indic or Persian names need them.

    Between Latin, Greek or Cyrillic letters they would only make two names that look the same.
    """
    if text[at] not in _JOINERS or at == 0 or at == len(text) - 1:
        return False
    return all(
        text[i] not in _JOINERS
        and unicodedata.category(text[i])[0] in "LMS"
        and not unicodedata.name(text[i], "").startswith(_NEVER_JOINED)
        for i in (at - 1, at + 1)
    )


def clean_name(raw: str) -> str:
    """The display name in NFC, blanks collapsed.

    Raises:
        CommandRefused: BAD_NAME unless it has 1–64 graphemes (at most 512 bytes of UTF-8), at least one
            letter, digit or symbol, no control, bidi or invisible character, and no flood of marks.
    """
    # Before any of it is looked at: twice as much as any name has, however it is composed.
    if len(raw) > 2 * limits.MAX_NAME_BYTES:
        raise CommandRefused(ErrorCode.BAD_NAME)
    # Before blanks are collapsed: str.split takes many control characters for blanks.
    if any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in raw.strip(" ")):
        raise CommandRefused(ErrorCode.BAD_NAME)
    name = unicodedata.normalize("NFC", " ".join(raw.split()))
    for at, character in enumerate(name):
        refused = unicodedata.category(character) in _REFUSED_CATEGORIES or character in _INVISIBLE
        if refused and not _is_allowed_joiner(name, at):
            raise CommandRefused(ErrorCode.BAD_NAME)
    graphemes = len(_GRAPHEME.findall(name))
    visible = any(unicodedata.category(c)[0] in "LNS" for c in name)
    too_long = graphemes > limits.MAX_NAME_GRAPHEMES or len(name.encode()) > limits.MAX_NAME_BYTES
    if not visible or too_long or _MARKS_FLOOD.search(name):
        raise CommandRefused(ErrorCode.BAD_NAME)
    return name


def clean_code(raw: str) -> str:
    """A pseudonymous code such as `P07`.

    Raises:
        CommandRefused: BAD_CODE unless it fits `[A-Za-z0-9][A-Za-z0-9._-]*`, 1–32 characters, and is none of
            `NO_CODES`.
    """
    if len(raw) > limits.MAX_CODE_CHARACTERS or not _CODE.match(raw):
        raise CommandRefused(ErrorCode.BAD_CODE)
    if raw.casefold() in NO_CODES:
        raise CommandRefused(
            ErrorCode.BAD_CODE,
            f'"{raw}" is no code: the word stands for others, as in chat(to="staff"). '
            "Choose another, such as P07.",
        )
    return raw


def clean_language(raw: str) -> str:
    """A BCP 47 tag such as `pt-BR`. It is recorded in the clear, so no other text may ride in it.

    Raises:
        CommandRefused: BAD_OPTION.
    """
    if not _LANGUAGE.match(raw):
        raise CommandRefused(ErrorCode.BAD_OPTION, 'A language is a tag such as "de" or "pt-BR".')
    return raw


def clean_label(raw: str) -> str:
    """The label of a mark.

    Raises:
        CommandRefused: BAD_TEXT unless it has 1–64 letters, digits, blanks or `. : / + -`.
    """
    label = unicodedata.normalize("NFC", " ".join(raw.split()))
    if len(label) > limits.MAX_LABEL_CHARACTERS or not _LABEL.match(label):
        raise CommandRefused(
            ErrorCode.BAD_TEXT,
            f"A label has 1 to {limits.MAX_LABEL_CHARACTERS} letters, digits, blanks or . : / + -, and starts "
            "with a letter or digit. Put anything longer into note=.",
        )
    return label


def clean_text(raw: str, most: int, what: str) -> str:
    """Free text: NFC, outer blanks cut, control and bidi-override characters refused (line breaks stay).

    Raises:
        CommandRefused: BAD_TEXT if empty, longer than `most` characters, or with a refused character.
    """
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n").strip())
    if not text or len(text) > most:
        raise CommandRefused(ErrorCode.BAD_TEXT, f"{what} has 1 to {most:,} characters.")
    for character in text:
        bidi = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
        control = unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
        if bidi or control:
            raise CommandRefused(
                ErrorCode.BAD_TEXT, f"{what} must not hold control or direction marks."
            )
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise CommandRefused(ErrorCode.BAD_TEXT, f"{what} must hold something to read.")
    return text


def skeleton(name: str) -> str:
    """What a name looks like, for comparing: look-alike letters, case, marks, dots and blanks folded away."""
    # Case last as well: mathematical and squared capitals have none until they are decomposed.
    folded = unicodedata.normalize("NFKD", name.casefold()).casefold()
    out = []
    for character in folded:
        if character in _BARS:
            out.append("l")
        elif unicodedata.category(character)[0] in "LN":
            out.append(_latin_twin(character))
    return "".join(out).replace("rn", "m").replace("vv", "w").translate(_DIGIT_TWINS)


_BARS = frozenset("|\u01c0\u05c0\u2223\u2758\u23d0")
_ODD = {"ð": "d", "ɩ": "i"}
_DIGIT_TWINS = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})
_VARIANT = re.compile(
    r"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL|CAPITAL LETTER) "
    r"(?:REVERSED |TURNED |OPEN |DOTLESS |SCRIPT |LONG |BARRED )?([A-Z])(?: WITH .+)?\Z"
)
"""Letters such as ʟ, ł, ɩ and ɘ, which no decomposition and no table of look-alikes leads to l, i, e."""


def _latin_twin(character: str) -> str:
    if character.isascii():
        return character
    found = confusables.is_confusable(character, preferred_aliases=["latin"], greedy=True)
    for entry in found or ():
        for glyph in entry["homoglyphs"]:
            if glyph["c"].isascii() and glyph["c"].isalnum():
                return str(glyph["c"]).casefold()
    variant = _VARIANT.match(unicodedata.name(character, ""))
    return variant[1].casefold() if variant else _ODD.get(character, character)
