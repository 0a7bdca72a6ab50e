"""What a notebook asks of the room: admit, decline, mute, verify, chat, mark, end. Each method sends one command.

How a command travels and who is meant by a name is `session`'s business.
"""

from __future__ import annotations

from telehealth_widget.kernel import arguments
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.messages import Done
from telehealth_widget.protocol.text import clean_label


class Steering:
    """The steering part of `Session`.

    Wherever `who` is asked for, a participant, a code, an id, or a name that only one bears will do.
    Every method may raise `CommandRefused`: UNKNOWN_PERSON and AMBIGUOUS_PERSON list the codes that
    would fit; WRONG_PHASE says where the person stands; SESSION_ENDED.
    """

    def _do(self, command: c.AnyCommand, timeout_s: float = 15) -> Done:
        raise NotImplementedError

    def _resolve(self, who: object) -> str:
        raise NotImplementedError

    @property
    def state(self) -> str:
        """`open`, `live` or `ended`."""
        raise NotImplementedError

    def admit(self, who: object) -> None:
        """Let a waiting person in. `who`: a participant, a code, an id, or a name that only one bears.

        Raises:
            CommandRefused: UNKNOWN_PERSON, AMBIGUOUS_PERSON, WRONG_PHASE, ROOM_FULL,
                JOURNAL_UNAVAILABLE (admissions must be recorded), SESSION_ENDED.
        """
        self._do(c.Admit(person=self._resolve(who)))

    def admit_all(self) -> None:
        """Let in everyone who waits."""
        self._do(c.AdmitAll())

    def decline(self, who: object, reason: str | None = None) -> None:
        """Refuse a waiting person, with a reason (up to 500 characters) that the person reads."""
        self._do(c.Decline(person=self._resolve(who), reason=_reason(reason)))

    def let_wait(self, who: object) -> None:
        """Put a declined or removed person back into the waiting room."""
        self._do(c.LetWait(person=self._resolve(who)))

    def send_back(self, who: object) -> None:
        """Put an admitted person back into the queue."""
        self._do(c.SendBack(person=self._resolve(who)))

    def remove(self, who: object, reason: str | None = None) -> None:
        """End a person's part; the link does not lead back unless `let_wait` allows it.

        The person reads `reason`, up to 500 characters.
        """
        self._do(c.Remove(person=self._resolve(who), reason=_reason(reason)))

    def pause(self, who: object) -> None:
        """Send an admitted person to the waiting room for a while; picture and sound stop."""
        self._do(c.Pause(person=self._resolve(who)))

    def resume(self, who: object) -> None:
        """Bring a paused person back at once."""
        self._do(c.Resume(person=self._resolve(who)))

    def pause_all(self) -> None:
        """Pause every client."""
        self._do(c.PauseAll())

    def resume_all(self) -> None:
        """Bring every paused person back."""
        self._do(c.ResumeAll())

    def mute(self, who: object) -> None:
        """Silence a person's microphone at once. Only the person can unmute it."""
        self._do(c.Mute(person=self._resolve(who)))

    def stop_video(self, who: object) -> None:
        """Stop a person's camera at once. Only the person can start it."""
        self._do(c.StopVideo(person=self._resolve(who)))

    def ask_to_unmute(self, who: object) -> None:
        """Ask a person to unmute; they answer on their page. Asking again changes nothing.

        The answer comes as an event: `unmuted`, or `answered` with `event.body.accepted`. Until then the
        roster shows the question (`Participant.asked`).
        """
        self._do(c.AskToUnmute(person=self._resolve(who)))

    def ask_to_start_video(self, who: object) -> None:
        """Ask a person to start their camera; they answer on their page. Asking again changes nothing."""
        self._do(c.AskToStartVideo(person=self._resolve(who)))

    def stop_share(self, who: object) -> None:
        """End a person's screen share at once. Without one this does nothing."""
        self._do(c.StopShare(person=self._resolve(who)))

    def caption(self, who: object, text: str) -> None:
        """Show everyone in the session what a person says: `session.caption("P07", "Not since May.")`.

        The text is delivered and then forgotten; the record keeps its length.

        Args:
            who: whose words they are; someone who is in the session.
            text: 1 to 500 characters; line breaks become blanks.

        Raises:
            CommandRefused: BAD_TEXT, WRONG_PHASE, UNKNOWN_PERSON, AMBIGUOUS_PERSON, TOO_MANY (20 a
                second), SESSION_ENDED.
        """
        line = " ".join(arguments.string("text=", text).split())
        line = arguments.text("text=", line, limits.MAX_CAPTION_CHARACTERS, "A caption")
        self._do(c.SendCaption(person=self._resolve(who), text=line))

    def chat(self, text: str, to: object = "everyone") -> None:
        """Write to `everyone` in the session, to `waiting`, to `staff`, or to one person.

        The text is delivered and then forgotten; the record keeps its length and audience (with
        `Session(..., chat="keep")` the text too, encrypted). Somebody who waits or is paused reads what is
        written to them alone, and so do staff.

        Raises:
            CommandRefused: BAD_TEXT (1 to 4,000 characters), WRONG_PHASE (that person is not there),
                UNKNOWN_PERSON, AMBIGUOUS_PERSON, TOO_MANY, SESSION_ENDED.
        """
        audiences = ("everyone", "waiting", "staff")
        target = to if isinstance(to, str) and to in audiences else self._resolve(to)
        said = arguments.text("text=", text, limits.MAX_CHAT_CHARACTERS, "A message")
        self._do(c.SendChat(to=target, text=said))

    def verify_identity(self, who: object, verified: bool = True) -> None:
        """Note in the record that a client is who they should be; `verified=False` takes it back.

        Staff see it, clients do not. A new link (`invite.reissue()`) takes it back too.

        Raises:
            CommandRefused: UNKNOWN_PERSON, AMBIGUOUS_PERSON, NOT_PERMITTED (no client), BAD_OPTION,
                JOURNAL_UNAVAILABLE, SESSION_ENDED.
        """
        is_verified = arguments.flag("verified=", verified)
        self._do(c.VerifyIdentity(person=self._resolve(who), verified=is_verified))

    def say_when(self, minutes: int | None) -> None:
        """Tell everybody who waits that you will be with them in so many minutes: `session.say_when(10)`.

        A later promise replaces an earlier one, and `session.say_when(None)` takes it back; it ends with
        the session.

        Args:
            minutes: from now, 1 to 120.

        Raises:
            CommandRefused: BAD_OPTION, JOURNAL_UNAVAILABLE (a promise must be recorded), SESSION_ENDED.
        """
        whole = arguments.whole(minutes)
        if minutes is not None and (whole is None or abs(whole) > limits.MAX_SESSION_MS):
            raise CommandRefused(
                ErrorCode.BAD_OPTION,
                f"minutes= is a whole number from 1 to {limits.MAX_ARRIVAL_MINUTES}, or None.",
            )
        self._do(c.SayWhen(minutes=whole))

    def mark(self, label: str, note: str | None = None) -> None:
        """Set an annotation at this moment. `label` is kept as it is; `note` is encrypted.

        Raises:
            CommandRefused: BAD_TEXT (a label has 1 to 64 letters, digits, blanks or `. : / + -`, a note up to
                4,000 characters), JOURNAL_UNAVAILABLE, SESSION_ENDED.
        """
        most = limits.MAX_NOTE_CHARACTERS
        text = None if note is None else arguments.text("note=", note, most, "A note")
        self._do(c.Mark(label=clean_label(arguments.string("label=", label)), note=text))

    def end(self) -> None:
        """End the session for everyone. Ending an ended session does nothing.

        From then on this kernel is not connected to it any more: rosters and duration stay as they were last,
        the record can be read, and every other command is refused with SESSION_ENDED.
        """
        if self.state == "ended":
            return
        try:
            self._do(c.End())
        except CommandRefused as refused:
            if refused.code is not ErrorCode.SESSION_ENDED:
                raise


def _reason(reason: object) -> str | None:
    if reason is None or not (given := arguments.string("reason=", reason)).strip():
        return None
    return arguments.text("reason=", given, limits.MAX_REASON_CHARACTERS, "A reason")
