"""What every store promises, run on the one on disk and on the public fake."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from telehealth_widget.journal.contract import ResumeDropped, SessionEntry
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import OF_SESSION, PersonNamed, Record, Sealed

CANARY = "Quetzalcoatl Übermut"


def filled(store, make, rows=5):
    return [store.journal.append("s", [make.ready(i)]).result(10)[0] for i in range(rows)]


def assert_bad(verification, first_bad, words):
    assert not verification.ok
    assert verification.first_bad == first_bad
    assert words in verification.problem


# -- appending ----------------------------------------------------------------------------------


def test_rows_are_numbered_from_one_without_gaps_in_each_session(store, make):
    first = store.journal.append("s", [make.ready(1), make.ready(2)]).result(10)
    other = store.journal.append("other", [make.ready(3)]).result(10)
    second = store.journal.append("s", [make.ready(4)]).result(10)
    assert [(r.session, r.n, r.t_ms) for r in first + other + second] == [
        ("s", 1, 1),
        ("s", 2, 2),
        ("other", 1, 3),
        ("s", 3, 4),
    ]
    assert all(isinstance(r, Record) for r in first)


def test_futures_resolve_in_the_order_of_the_calls(store, make):
    resolved = []
    futures = []
    for i in range(300):
        future = store.journal.append(f"s{i % 3}", [make.ready(i)])
        future.add_done_callback(lambda f: resolved.append(f.result()[0].t_ms))
        futures.append(future)
    for future in futures:
        future.result(10)
    assert resolved == list(range(300))


def test_what_is_read_equals_what_was_appended(store, make):
    drafts = [make.ready(), make.named(CANARY), make.mark("a note"), make.mark(None)]
    appended = store.journal.append("s", drafts).result(10)
    assert [r.body for r in appended] == [d.body for d in drafts]
    assert store.journal.read("s") == list(appended)


def test_an_unknown_session_reads_as_empty(store):
    assert store.journal.read("nobody's") == []
    assert list(store.journal.exported("nobody's")) == []


def test_an_append_of_nothing_resolves_and_makes_no_session(store):
    assert store.journal.append("s", []).result(10) == ()
    assert store.journal.sessions() == []


def test_an_append_cannot_be_cancelled(store, make):
    future = store.journal.append("s", [make.ready()])
    assert not future.cancel()
    assert len(future.result(10)) == 1


def test_sessions_are_listed_with_their_last_times_latest_last(store, make):
    store.journal.append("late", [make.ready(9)]).result(10)
    store.journal.append("early", [make.ready(1), make.ready(2)]).result(10)
    assert store.journal.sessions() == [
        SessionEntry(session="early", rows=2, last_t_ms=2, last_at_ms=1_000_002),
        SessionEntry(session="late", rows=1, last_t_ms=9, last_at_ms=1_000_009),
    ]


def test_a_poisoned_draft_fails_alone_and_leaves_no_gap(store, make):
    futures = [
        store.journal.append("s", [make.ready(1)]),
        store.journal.append("s", [make.ready(2), make.poison()]),
        store.journal.append("s", [make.ready(3)]),
    ]
    sentence = make.refused(futures[1])
    assert "refused" in sentence
    assert "ud800" not in sentence
    assert futures[0].result(10)[0].n == 1
    assert futures[2].result(10)[0].n == 2
    assert [r.t_ms for r in store.journal.read("s")] == [1, 3]
    assert store.journal.verify("s").ok


def test_a_poisoned_first_append_leaves_nothing_of_its_session(store, make):
    make.refused(store.journal.append("s", [make.named("A"), make.poison()]))
    assert store.journal.sessions() == []
    store.journal.append("s", [make.named("B")]).result(10)
    assert store.journal.read("s")[0].body.name == "B"


def test_after_closing_appends_fail_and_closing_again_is_harmless(store, make):
    filled(store, make, 1)
    store.journal.close()
    store.journal.close()
    assert "closed" in make.refused(store.journal.append("s", [make.ready()]))
    assert "closed" in make.refused(store.journal.forget("s", "p_a"))
    for act in (store.journal.read, store.journal.verify):
        with pytest.raises(TelehealthError, match="closed"):
            act("s")
    with pytest.raises(TelehealthError, match="closed"):
        store.journal.sessions()


# -- side entries -------------------------------------------------------------------------------


def test_an_invite_is_found_by_the_hash_of_its_token(store, make):
    entry = make.invite(b"token")
    store.journal.append("s", [make.ready()], [entry]).result(10)
    assert store.journal.find_invite(sha256(b"token").digest()) == entry
    assert store.journal.find_invite(sha256(b"other").digest()) is None


def test_a_resume_entry_is_replaced_and_its_previous_token_told_apart(store, make):
    store.journal.append("s", [make.ready()], [make.resume(b"one")]).result(10)
    rotated = make.resume(b"two", previous=b"one")
    assert store.journal.append("s", [], [rotated]).result(10) == ()
    assert store.journal.find_resume(sha256(b"two").digest()) == (rotated, True)
    assert store.journal.find_resume(sha256(b"one").digest()) == (rotated, False)
    store.journal.append("s", [], [make.resume(b"three", previous=b"two")]).result(10)
    assert store.journal.find_resume(sha256(b"one").digest()) is None


def test_no_token_leads_to_a_connection_that_was_dropped(store, make):
    store.journal.append("s", [make.ready()], [make.resume(b"one", previous=b"zero")]).result(10)
    dropped = ResumeDropped("s", make.resume(b"one").connection)
    store.journal.append("s", [], [ResumeDropped("s", "c_other")]).result(10)
    assert store.journal.find_resume(sha256(b"one").digest()) is not None
    store.journal.append("s", [], [dropped]).result(10)
    assert store.journal.find_resume(sha256(b"one").digest()) is None
    assert store.journal.find_resume(sha256(b"zero").digest()) is None
    store.journal.append("s", [], [dropped]).result(10)


def test_a_person_has_the_last_seat_that_was_kept(store, make):
    store.journal.append("s", [make.ready()], [make.seat("c1"), make.seat("c2", "p_b")]).result(10)
    store.journal.append("s", [], [make.seat("c3")]).result(10)
    seats = sorted(store.journal.seats("s"), key=lambda seat: seat.person)
    assert seats == [make.seat("c3"), make.seat("c2", "p_b")]
    assert store.journal.seats("other") == []


def test_side_entries_fail_with_the_drafts_of_their_append(store, make):
    make.refused(store.journal.append("s", [make.poison()], [make.invite(b"token")]))
    assert store.journal.find_invite(sha256(b"token").digest()) is None


def test_side_entries_of_a_session_without_records_are_refused(store, make):
    make.refused(store.journal.append("s", [], [make.invite(b"token")]))
    assert store.journal.find_invite(sha256(b"token").digest()) is None


def test_side_entries_of_another_session_are_refused(store, make):
    filled(store, make, 1)
    make.refused(store.journal.append("s", [], [make.invite(b"token", session="other")]))


def test_a_side_entry_that_no_store_can_hold_fails_alone(store, make):
    filled(store, make, 1)
    bad = make.invite(b"bad", serial="\ud800")
    futures = [
        store.journal.append("s", [make.ready()], [bad]),
        store.journal.append("s", [make.ready()], [make.invite(b"good")]),
    ]
    futures[1].result(10)
    if futures[0].exception(10):  # a store in memory holds anything
        make.refused(futures[0])
    assert store.journal.find_invite(sha256(b"good").digest()) is not None
    assert [r.n for r in store.journal.read("s")] == list(
        range(1, len(store.journal.read("s")) + 1)
    )


# -- personal text ------------------------------------------------------------------------------


def test_personal_text_is_nowhere_in_what_is_stored(store, make):
    appended = store.journal.append("s", [make.named(CANARY), make.mark(CANARY)]).result(10)
    assert appended[0].body == PersonNamed(person="p_a", name=CANARY)
    stored = store.stored_bytes()
    assert b"PersonNamed" in stored
    for canary in (CANARY, "Quetzal", "Übermut", json.dumps(CANARY)[1:-1]):
        assert canary.encode() not in stored
        assert canary.encode("utf-16-le") not in stored


def test_forgetting_leaves_the_text_sealed_and_the_record_verified(store, make):
    drafts = [make.named(CANARY), make.named("Other Person", "p_b"), make.mark("a note")]
    store.journal.append("s", drafts).result(10)
    keys = store.wrapped_keys()
    assert store.journal.forget("s", "p_a").result(10) is None
    forgotten, kept, note = (r.body for r in store.journal.read("s"))
    assert isinstance(forgotten.name, Sealed)
    assert (kept.name, note.note) == ("Other Person", "a note")
    verification = store.journal.verify("s")
    assert verification.ok
    assert verification.rows == 3
    stored = store.stored_bytes()
    destroyed = [key for key in keys if key not in store.wrapped_keys()]
    assert len(destroyed) == 1
    assert destroyed[0] not in stored


def test_nothing_about_a_forgotten_person_becomes_readable_again(store, make):
    store.journal.append("s", [make.named("Before")]).result(10)
    store.journal.forget("s", "p_a").result(10)
    store.journal.forget("s", "p_a").result(10)
    appended = store.journal.append("s", [make.named(CANARY)]).result(10)
    assert appended[0].body.name == CANARY
    assert all(isinstance(r.body.name, Sealed) for r in store.journal.read("s"))
    assert store.journal.verify("s").ok


def test_forgetting_is_bound_to_its_session(store, make):
    store.journal.append("s", [make.named(CANARY)]).result(10)
    store.journal.append("other", [make.named(CANARY)]).result(10)
    store.journal.forget("s", "p_a").result(10)
    assert store.journal.read("other")[0].body.name == CANARY


def test_the_texts_of_no_single_person_can_be_forgotten_too(store, make):
    store.journal.append("s", [make.named("Ada"), make.mark(CANARY)]).result(10)
    store.journal.forget("s", OF_SESSION).result(10)
    name, note = (r.body for r in store.journal.read("s"))
    assert name.name == "Ada"
    assert isinstance(note.note, Sealed)


def test_forgetting_in_an_unknown_session_is_an_error(store):
    with pytest.raises(TelehealthError) as caught:
        store.journal.forget("nobody's", "p_a").result(10)
    assert caught.value.code is ErrorCode.UNKNOWN_SESSION


# -- verification -------------------------------------------------------------------------------


def test_an_untouched_record_verifies(store, make):
    filled(store, make)
    store.journal.append("s", [make.named(CANARY)]).result(10)
    verification = store.journal.verify("s")
    assert verification.ok
    assert (verification.rows, verification.first_bad, verification.problem) == (6, None, None)


def test_verification_of_an_unknown_session_is_not_ok(store):
    assert_bad(store.journal.verify("nobody's"), None, "no such session")


def test_verification_finds_any_changed_byte(store, make):
    filled(store, make)
    rows = store.rows()
    for at in range(0, len(rows[2].record), 7):
        changed = bytearray(rows[2].record)
        changed[at] ^= 1
        bad = rows[2]._replace(record=bytes(changed))
        store.replace_rows([*rows[:2], bad, *rows[3:]])
        assert_bad(store.journal.verify("s"), 3, "Row 3 is not what was written")


def test_verification_finds_a_changed_hash(store, make):
    filled(store, make)
    rows = store.rows()
    store.replace_rows([rows[0]._replace(hash=bytes(32)), *rows[1:]])
    assert_bad(store.journal.verify("s"), 1, "Row 1 is not what was written")


def test_verification_finds_a_removed_row(store, make):
    filled(store, make)
    rows = store.rows()
    store.replace_rows(rows[:2] + rows[3:])
    assert_bad(store.journal.verify("s"), 3, "Row 3 is missing")


def test_verification_finds_a_removed_row_behind_new_numbers(store, make):
    filled(store, make)
    rows = store.rows()
    moved = [row._replace(n=row.n - 1) for row in rows[3:]]
    store.replace_rows(rows[:2] + moved)
    assert_bad(store.journal.verify("s"), 3, "Row 3 is not what was written")


def test_verification_finds_swapped_rows(store, make):
    filled(store, make)
    one, two, *rest = store.rows()
    store.replace_rows([two._replace(n=1), one._replace(n=2), *rest])
    assert_bad(store.journal.verify("s"), 1, "Row 1 is not what was written")


def test_verification_finds_a_cut_tail(store, make):
    filled(store, make)
    store.replace_rows(store.rows()[:3])
    assert_bad(store.journal.verify("s"), 4, "cut")
    assert store.journal.verify("s").rows == 3
    store.replace_rows([])
    assert_bad(store.journal.verify("s"), 1, "cut")


def test_verification_finds_a_cut_tail_behind_a_moved_head(store, make):
    filled(store, make)
    rows = store.rows()
    store.replace_rows(rows[:3])
    store.point_head_at(rows[2])
    assert_bad(store.journal.verify("s"), 1, "not sealed with this server's key")


def test_verification_finds_a_chain_computed_anew_without_the_key(store, make, rechained):
    filled(store, make)
    rows = store.rows()
    forged = rows[1]._replace(record=rows[1].record.replace(b'"camera":true', b'"camera":false'))
    again = rechained([rows[0], forged, *rows[2:]])
    store.replace_rows(again)
    assert_bad(store.journal.verify("s"), 1, "not with the sealed end")
    store.point_head_at(again[-1])
    assert_bad(store.journal.verify("s"), 1, "not sealed with this server's key")


def test_verification_finds_rows_added_by_something_else(store, make, rechained):
    filled(store, make, 2)
    rows = store.rows()
    store.replace_rows(rechained([*rows, rows[0]]))
    assert_bad(store.journal.verify("s"), 3, "added")


def test_verification_finds_a_missing_head(store, make):
    filled(store, make, 2)
    store.drop_head()
    assert_bad(store.journal.verify("s"), 1, "sealed end of the record is missing")


def test_verification_finds_a_record_moved_to_another_session(store, make):
    filled(store, make, 1)
    store.journal.append("other", [make.ready()]).result(10)
    store.replace_rows(store.rows("s"), "other")
    assert_bad(store.journal.verify("other"), 1, "Row 1 is not what was written")


def test_verification_finds_rows_that_are_no_records_at_all(store, make, rechained):
    filled(store, make, 1)
    row = store.rows()[0]
    store.replace_rows(rechained([row._replace(record=b'\xff"sha256"')]))
    assert_bad(store.journal.verify("s"), 1, "not a record")


def test_verification_finds_a_changed_or_missing_personal_text(store, make):
    store.journal.append("s", [make.ready(), make.named(CANARY)]).result(10)
    store.change_texts(lambda text: text[:-1] + bytes([text[-1] ^ 1]))
    assert_bad(store.journal.verify("s"), 2, "personal text of row 2 is not what was written")
    assert isinstance(store.journal.read("s")[1].body.name, Sealed)
    store.drop_texts()
    assert_bad(store.journal.verify("s"), 2, "personal text of row 2 is missing")


def test_verification_tells_a_stolen_or_changed_key_from_a_forgotten_one(store, make):
    store.journal.append("s", [make.named(CANARY)]).result(10)
    store.change_keys(lambda key: key[:-1] + bytes([key[-1] ^ 1]))
    assert_bad(store.journal.verify("s"), 1, "key was changed")
    store.drop_keys()
    assert_bad(store.journal.verify("s"), 1, "not by forgetting")


# -- export -------------------------------------------------------------------------------------


def test_exported_lines_hold_the_very_bytes_that_were_hashed(store, make):
    filled(store, make)
    store.journal.append("s", [make.named(CANARY)]).result(10)
    lines = list(store.journal.exported("s"))
    for line, row in zip(lines, store.rows(), strict=True):
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert line == b'{"record":' + row.record + b',"hash":"' + row.hash.hex().encode() + b'"}\n'
        assert json.loads(line)["record"]["n"] == row.n
    assert CANARY.encode() not in b"".join(lines)
