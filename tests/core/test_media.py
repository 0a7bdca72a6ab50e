"""Sources: offered, muted, asked for and answered; one screen at a time, and who takes it over."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role, Source

from .conftest import Play

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN
ASKS = [(c.AskToUnmute, MICROPHONE), (c.AskToStartVideo, CAMERA)]
Ask = type[c.AskToUnmute] | type[c.AskToStartVideo]


@pytest.mark.parametrize(("kind", "source"), [(c.Mute, MICROPHONE), (c.StopVideo, CAMERA)])
def test_mute_and_stop_video_silence_what_is_published(
    play: Play, kind: type[c.Mute], source: Source
) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(play.as_guest("P07"), c.Publish(source=source))
    assert play.do(play.desk, kind(person=person)) == (e.MediaMuted(person, source),)
    assert play.do(play.desk, kind(person=person)) == ()
    play.refused(play.desk, kind(person=play.bring("P08", Phase.WAITING)), ErrorCode.WRONG_PHASE)


@pytest.mark.parametrize(("kind", "source"), [(c.Mute, MICROPHONE), (c.StopVideo, CAMERA)])
def test_what_was_silenced_before_it_was_offered_comes_in_muted(
    play: Play, kind: type[c.Mute], source: Source
) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    assert play.do(play.desk, kind(person=person)) == (e.MediaMuted(person, source),)
    offer = c.Publish(source=source, muted=False)
    assert play.do(play.as_guest("P07"), offer) == (e.MediaPublished(person, source, True),)
    assert play.do(play.as_guest("P07"), offer) == (e.MediaUnmuted(person, source),)


def test_publishing_muting_and_withdrawing_ones_own_sources(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    me = play.as_guest("P07")
    play.refused(me, c.SetMuted(source=SCREEN, muted=True), ErrorCode.NO_MEDIA)
    assert play.do(me, c.Unpublish(source=SCREEN)) == ()
    assert play.do(me, c.Publish(source=MICROPHONE, muted=True)) == (
        e.MediaPublished(person, MICROPHONE, True),
    )
    assert play.do(me, c.Publish(source=MICROPHONE, muted=True)) == ()
    assert play.do(me, c.Publish(source=MICROPHONE)) == (e.MediaUnmuted(person, MICROPHONE),)
    assert play.do(me, c.SetMuted(source=MICROPHONE, muted=False)) == ()
    assert play.do(me, c.SetMuted(source=MICROPHONE, muted=True)) == (
        e.MediaMuted(person, MICROPHONE),
    )
    assert play.do(me, c.Unpublish(source=MICROPHONE)) == (e.MediaUnpublished(person, MICROPHONE),)


def test_the_provider_at_the_desk_publishes_only_once_joined(play: Play) -> None:
    play.refused(play.desk, c.Publish(source=CAMERA), ErrorCode.WRONG_PHASE)
    play.refused(play.desk, c.SetMuted(source=CAMERA, muted=True), ErrorCode.WRONG_PHASE)
    play.do(play.desk, c.Join())
    play.do(play.desk, c.Publish(source=CAMERA))


# -- questions --------------------------------------------------------------------------------------


def sharing(play: Play, code: str, role: Role = Role.CLIENT) -> str:
    """Somebody in the session who shares a screen."""
    person = play.bring(code, Phase.ADMITTED, role=role)
    play.do(play.as_guest(code), c.Publish(source=SCREEN))
    assert play.of(code).publication(SCREEN)
    return person


def muted(play: Play, code: str, source: Source) -> str:
    person = play.bring(code, Phase.ADMITTED)
    play.do(play.as_guest(code), c.Publish(source=source, muted=True))
    return person


@pytest.mark.parametrize(("kind", "source"), ASKS)
def test_a_question_opens_nothing_and_asking_again_changes_nothing(
    play: Play, kind: Ask, source: Source
) -> None:
    person = muted(play, "P07", source)
    assert play.do(play.desk, kind(person=person)) == (e.MediaAsked(person, source),)
    assert play.do(play.kernel, kind(person=person)) == ()
    published = play.of("P07").publication(source)
    assert published is not None
    assert published.muted
    assert play.of("P07").asked == (source,)


@pytest.mark.parametrize(("kind", "source"), ASKS)
def test_switching_on_is_the_yes(play: Play, kind: Ask, source: Source) -> None:
    person = muted(play, "P07", source)
    play.do(play.desk, kind(person=person))
    assert play.do(play.as_guest("P07"), c.SetMuted(source=source, muted=False)) == (
        e.AskAnswered(person, source, True),
        e.MediaUnmuted(person, source),
    )
    assert play.of("P07").asked == ()


@pytest.mark.parametrize(("kind", "source"), ASKS)
def test_not_now_is_the_no_and_said_once(play: Play, kind: Ask, source: Source) -> None:
    person = muted(play, "P07", source)
    me = play.as_guest("P07")
    assert play.do(me, c.DeclineAsk(source=source)) == ()
    play.do(play.desk, kind(person=person))
    assert play.do(me, c.DeclineAsk(source=source)) == (e.AskAnswered(person, source, False),)
    assert play.do(me, c.DeclineAsk(source=source)) == ()
    assert play.of("P07").asked == ()
    assert play.do(play.desk, kind(person=person)) == (e.MediaAsked(person, source),)


def test_offering_a_source_for_the_first_time_answers_too(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    me = play.as_guest("P07")
    play.do(play.desk, c.AskToStartVideo(person=person))
    assert play.do(me, c.Publish(source=CAMERA, muted=True)) == (
        e.MediaPublished(person, CAMERA, True),
    )
    assert play.of("P07").asked == (CAMERA,)
    play.do(me, c.Unpublish(source=CAMERA))
    assert play.do(me, c.Publish(source=CAMERA)) == (
        e.AskAnswered(person, CAMERA, True),
        e.MediaPublished(person, CAMERA, False),
    )
    assert play.of("P07").asked == ()


def test_nobody_is_asked_for_what_is_on_already(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(play.as_guest("P07"), c.Publish(source=MICROPHONE))
    assert play.do(play.desk, c.AskToUnmute(person=person)) == ()


def test_two_questions_stand_side_by_side(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(play.desk, c.AskToStartVideo(person=person))
    play.do(play.desk, c.AskToUnmute(person=person))
    assert play.of("P07").asked == (CAMERA, MICROPHONE)
    play.do(play.as_guest("P07"), c.DeclineAsk(source=CAMERA))
    assert play.of("P07").asked == (MICROPHONE,)


@pytest.mark.parametrize("command", [c.Pause, c.SendBack, c.Remove], ids=lambda kind: kind.__name__)
def test_a_question_does_not_outlast_the_stay_in_the_session(
    play: Play, command: type[c.Pause]
) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(play.desk, c.AskToUnmute(person=person))
    play.do(play.desk, command(person=person))
    assert play.of("P07").asked == ()
    play.refused(play.as_guest("P07"), c.DeclineAsk(source=MICROPHONE), ErrorCode.WRONG_PHASE)


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.WAITING, Phase.PAUSED, Phase.LEFT])
@pytest.mark.parametrize(("kind", "source"), ASKS)
def test_only_who_is_in_the_session_is_asked(
    play: Play, phase: Phase, kind: Ask, source: Source
) -> None:
    person = play.bring("P07", phase)
    play.refused(play.desk, kind(person=person), ErrorCode.WRONG_PHASE)


# -- the screen -----------------------------------------------------------------------------------


def test_a_second_client_is_told_to_wait_for_the_first_ones_screen(play: Play) -> None:
    sharing(play, "P07")
    play.bring("P08", Phase.ADMITTED)
    taken = ErrorCode.SHARE_TAKEN
    play.refused(play.as_guest("P08"), c.Publish(source=SCREEN), taken, SENTENCES[taken])
    play.do(play.as_guest("P07"), c.Unpublish(source=SCREEN))
    assert play.do(play.as_guest("P08"), c.Publish(source=SCREEN))


@pytest.mark.parametrize("role", [Role.CLIENT, Role.SUPERVISOR])
def test_a_provider_takes_over_anothers_screen(play: Play, role: Role) -> None:
    person = sharing(play, "X1", role)
    play.do(play.desk, c.Join())
    provider = play.state.provider
    assert play.do(play.desk, c.Publish(source=SCREEN)) == (
        e.MediaUnpublished(person, SCREEN),
        e.MediaPublished(provider, SCREEN, False),
    )
    assert play.state.sharer is play.state.people[provider]
    play.refused(play.as_guest("X1"), c.Publish(source=SCREEN), ErrorCode.SHARE_TAKEN)


def test_a_provider_stops_another_providers_screen_before_sharing(play: Play) -> None:
    person = sharing(play, "T2", Role.PROVIDER)
    play.do(play.desk, c.Join())
    play.refused(
        play.desk,
        c.Publish(source=SCREEN),
        ErrorCode.SHARE_TAKEN,
        "Another provider is sharing a screen. Stop their share first, then share yours.",
    )
    assert play.do(play.desk, c.StopShare(person=person)) == (e.MediaUnpublished(person, SCREEN),)
    assert play.do(play.desk, c.Publish(source=SCREEN))


def test_sharing_again_what_one_shares_changes_nothing(play: Play) -> None:
    sharing(play, "P07")
    assert play.do(play.as_guest("P07"), c.Publish(source=SCREEN)) == ()


def test_a_provider_stops_a_screen_and_nothing_else_of_that_person(play: Play) -> None:
    person = sharing(play, "P07")
    play.do(play.as_guest("P07"), c.Publish(source=CAMERA))
    play.do(play.as_guest("P07"), c.Publish(source=MICROPHONE))
    assert play.do(play.kernel, c.StopShare(person=person)) == (e.MediaUnpublished(person, SCREEN),)
    assert play.do(play.kernel, c.StopShare(person=person)) == ()
    assert [x.source for x in play.of("P07").publications] == [CAMERA, MICROPHONE]


def test_muting_a_person_leaves_their_screen_alone(play: Play) -> None:
    person = sharing(play, "P07")
    play.do(play.desk, c.Mute(person=person))
    play.do(play.desk, c.StopVideo(person=person))
    screen = play.of("P07").publication(SCREEN)
    assert screen is not None
    assert not screen.muted


def test_where_only_providers_share_others_are_told_so() -> None:
    play = Play().open(share="providers")
    closed = ErrorCode.SHARE_NOT_ALLOWED
    for code, role in (("P07", Role.CLIENT), ("S1", Role.SUPERVISOR)):
        play.bring(code, Phase.ADMITTED, role=role)
        play.refused(play.as_guest(code), c.Publish(source=SCREEN), closed, SENTENCES[closed])
        assert play.do(play.as_guest(code), c.Publish(source=CAMERA))
    play.bring("T2", Phase.ADMITTED, role=Role.PROVIDER)
    assert play.do(play.as_guest("T2"), c.Publish(source=SCREEN))


@pytest.mark.parametrize(
    "command", [c.Pause, c.SendBack, c.Remove, c.Revoke], ids=lambda kind: kind.__name__
)
def test_a_screen_is_free_once_its_sharer_is_out(play: Play, command: type[c.Pause]) -> None:
    person = sharing(play, "P07")
    play.do(play.desk, command(person=person))
    assert play.state.sharer is None
    sharing(play, "P08")


def test_a_screen_is_free_once_its_sharer_leaves(play: Play) -> None:
    sharing(play, "P07")
    play.do(play.as_guest("P07"), c.Leave())
    assert play.state.sharer is None
