"""The desk: what lamps do over time, as the conductor's messages and the clock say."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from gesturesynth.light.desk import CHANGE_FADE_S, HOLD_S, LOST_FADE_S, SETTLE_S, LightDesk
from gesturesynth.light.dimming import FADE_S
from gesturesynth.light.protocols import ARTNET, Destination, LightSettings
from gesturesynth.runtime.light_message import LampSetup, LampSource, LightMessage, LightSetup
from gesturesynth.runtime.tempo import Tempo
from tests.support.lamps import state, told, voice

STEP_S = 0.025
LEVEL = LampSource("output", "level")
DIMMER = LampSetup("front", 1, 1, level=LEVEL, glide_s=0.0)
FLASH = LampSetup("spark", 1, 5, level=LampSource(), flash=("clap", "wave", "drums.kick"), decay_s=0.1)


class Player:
    """A desk with a clock."""

    @property
    def state(self) -> str:
        """Of the desk."""
        return self.desk.state

    def __init__(self, *, lit: bool = False, **settings: object) -> None:
        self.desk = LightDesk(LightSettings(**settings), lit=lit)  # type: ignore[arg-type]
        self.now_s = 100.0
        self.frames: dict[Destination, bytes] = {}

    def run(
        self, seconds: float, message: LightMessage | Callable[[int], LightMessage] | None, *, stopping: bool = False
    ) -> list[bytes]:
        """The first universe at each step. Without a message the conductor is silent."""
        seen = []
        for number in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            if message is not None:
                self.desk.take(message(number) if callable(message) else message, self.now_s)
            self.frames = self.desk.step(self.now_s, stopping=stopping)
            seen.append(next(iter(self.frames.values()), b""))
        return seen


def levels(frames: list[bytes], channel: int = 1) -> list[int]:
    return [frame[channel - 1] for frame in frames]


def full(*lamps: LampSetup) -> LightMessage:
    return told(lamps or (DIMMER,), positions={"level": 1.0})


def test_lamps_fade_in_and_follow() -> None:
    player = Player()
    rising = levels(player.run(FADE_S + CHANGE_FADE_S, full()))
    assert rising == sorted(rising)
    assert rising[0] < 10
    assert rising[-1] == 255
    assert levels(player.run(STEP_S, told([DIMMER], positions={"level": 0.4}))) == [102]
    assert player.state == "live"


def test_nothing_is_sent_before_the_first_message() -> None:
    player = Player()
    assert player.run(10.0, None) == [b""] * 400
    assert player.state == "waiting"


def test_the_last_look_is_held_then_fades_to_the_idle_look() -> None:
    player = Player()
    dim = LampSetup("dim", 1, 2, level=LEVEL, glide_s=0.0, idle=0.2)
    player.run(4.0, full(DIMMER, dim))
    held = player.run(HOLD_S - 2 * STEP_S, None)
    assert set(levels(held)) == set(levels(held, 2)) == {255}
    assert player.state == "holding"
    fading = player.run(LOST_FADE_S + 1.0, None)
    assert levels(fading) == sorted(levels(fading), reverse=True)
    assert (fading[-1][0], fading[-1][1]) == (0, 51)
    assert player.state == "idle"
    back = levels(player.run(CHANGE_FADE_S + 0.5, full(DIMMER, dim)))
    assert back == sorted(back)
    assert (back[0] < 30, back[-1]) == (True, 255)


def test_a_conductor_that_was_started_again_does_not_make_lamps_blink() -> None:
    player = Player()
    player.run(4.0, full())
    player.run(1.0, None)
    dark = told([DIMMER], of=state(voice({"level": 0.0}), pid=2))
    assert set(levels(player.run(SETTLE_S - STEP_S, dark))) == {255}
    lit = told([DIMMER], of=state(voice({"level": 0.8}), pid=2))
    seen = levels(player.run(CHANGE_FADE_S + 0.1, lit))
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 204
    player.run(1.0, None)
    panic = told([DIMMER], of=state(voice({"level": 0.8}), pid=3, panic=True))
    assert levels(player.run(STEP_S, panic)) == [0], "also in that time"


def test_lamps_that_were_lit_do_not_fade_in_once_more() -> None:
    assert set(levels(Player(lit=True).run(1.0, full()))) == {255}


@pytest.mark.parametrize("reason", ["closed", "muted", "panic"])
def test_lamps_that_are_to_be_dark_stay_dark_when_their_process_starts_again(reason: str) -> None:
    player = Player(lit=True, dark_when_muted=True)
    assert set(levels(player.run(1.0, told([DIMMER], of=state(voice({"level": 1.0}), **{reason: True}))))) == {0}  # type: ignore[arg-type]
    rising = levels(player.run(FADE_S + 0.1, full()))
    assert (rising[0] < 10, rising[-1]) == (True, 255)


@pytest.mark.parametrize("reason", ["closed", "muted"])
def test_lamps_fade_out_for_a_reason_and_come_back(reason: str) -> None:
    player = Player(dark_when_muted=True)
    player.run(4.0, full())
    dark = told([DIMMER], of=state(voice({"level": 1.0}), **{reason: True}))  # type: ignore[arg-type]
    fading = levels(player.run(FADE_S + 0.1, dark))
    assert fading == sorted(fading, reverse=True)
    assert (fading[0] > 200, fading[40] > 100, fading[-1]) == (True, True, 0)
    assert (player.state, player.desk.dark) == ("dark", reason)
    assert levels(player.run(FADE_S + 0.1, full()))[-1] == 255


def test_a_mute_changes_nothing_unless_it_should() -> None:
    player = Player()
    player.run(4.0, full())
    assert set(levels(player.run(3.0, told([DIMMER], of=state(voice({"level": 1.0}), muted=True))))) == {255}


def test_a_panic_is_dark_at_once() -> None:
    player = Player()
    player.run(4.0, full())
    assert set(levels(player.run(1.0, told([DIMMER], of=state(voice({"level": 1.0}), panic=True))))) == {0}
    assert set(levels(player.run(20.0, None))) == {0}, "also when the conductor ends in a panic"
    assert levels(player.run(0.5, full()))[-1] < 100


def test_a_conductor_that_is_gone_while_it_is_closed_and_comes_back_when_it_is_open() -> None:
    player = Player()
    player.run(4.0, full())
    player.run(3.0, told([DIMMER], of=state(voice({"level": 1.0}), closed=True)))
    assert set(levels(player.run(30.0, None))) == {0}
    rising = levels(player.run(FADE_S + CHANGE_FADE_S, full()))
    assert rising == sorted(rising)
    assert rising[-1] == 255


def test_at_the_end_all_lamps_go_out() -> None:
    player = Player()
    player.run(4.0, full())
    fading = levels(player.run(1.1, None, stopping=True))
    assert fading == sorted(fading, reverse=True)
    assert fading[-1] == 0
    assert player.desk.is_dark


def test_the_lamps_of_one_preset_fade_into_those_of_another() -> None:
    player = Player()
    player.run(4.0, full())
    other = LampSetup("back", 1, 3, level=LampSource(value=1.0), wide=True)
    changed = player.run(CHANGE_FADE_S + 0.1, told([other], of=state(voice(), changes=2)))
    assert levels(changed) == sorted(levels(changed), reverse=True)
    assert levels(changed, 3) == sorted(levels(changed, 3))
    middle = changed[len(changed) // 2]
    assert 90 < middle[0] < 165
    assert 90 < middle[2] < 165
    assert changed[-1][:4] == b"\0\0\xff\xff"


def test_a_channel_that_gets_a_lamp_of_other_bits_fades_as_well() -> None:
    player = Player(lit=True)
    wide = LampSetup("front", 1, 1, level=LEVEL, glide_s=0.0, wide=True)
    player.run(1.0, full())
    for changes, lamp, level in ((2, wide, 0.5), (3, DIMMER, 1.0)):
        message = told([lamp], of=state(voice({"level": level}), changes=changes))
        seen = levels(player.run(CHANGE_FADE_S + 0.1, message))
        steps = [abs(later - before) for before, later in itertools.pairwise(seen)]
        assert (max(steps) <= 5, seen[-1]) == (True, round(255 * level))


def test_no_lamp_is_brighter_than_the_greatest_level() -> None:
    player = Player(most=0.5)
    assert levels(player.run(4.0, full()))[-1] == 128


def test_universes_go_where_the_settings_say() -> None:
    far = Destination(7, "10.0.0.9")
    player = Player(protocol=ARTNET, universes={2: far, 5: Destination(40000, "10.0.0.9")})
    lamps = [DIMMER, LampSetup("b", 2, 1, level=LEVEL), LampSetup("c", 5, 1, level=LEVEL)]
    player.run(4.0, full(*lamps))
    assert {to: frame[0] for to, frame in player.frames.items()} == {Destination(1, "127.0.0.1"): 255, far: 255}
    assert player.desk.lamps == 2, "Art-Net has no universe 40000"
    assert player.desk.problem == "'c' has no universe: Art-Net has none of number 5; see `light.universes`"
    player.run(1.0, full(DIMMER))
    assert player.desk.problem == ""


def test_two_universes_that_are_one_on_the_network_are_said_where_their_lamps_meet() -> None:
    player = Player(universes={2: Destination(1, "127.0.0.1")})
    player.run(STEP_S, full(DIMMER, LampSetup("b", 2, 2, "rgb"), LampSetup("c", 1, 4)))
    assert player.desk.problem == (
        "'c' and 'b' have channel 4 of universe 1 in common on the network; see `light.universes`"
    )
    player.run(STEP_S, full(DIMMER, LampSetup("b", 2, 2, "rgb"), LampSetup("c", 1, 5)))
    assert player.desk.problem == ""


def test_each_person_has_a_lamp() -> None:
    lamp = LampSetup("each", 1, 1, "rgb", level=LEVEL, glide_s=0.0, idle=0.0, spacing=10)
    player = Player()
    voices = voice({"level": 1.0}), voice({"level": 0.4}), voice({"level": 1.0}, present=False)
    player.run(4.0, told([lamp], *voices))
    [frame] = player.frames.values()
    assert {place + 1: level for place, level in enumerate(frame) if level} == {1: 255, 11: 102}


@pytest.mark.parametrize(
    "counts", [{"entered": {"clap": 1}}, {"performed": {"wave": 1}}, {"struck": {"drums.kick": 1}}]
)
def test_a_class_a_gesture_and_a_trigger_flash(counts: dict[str, dict[str, int]]) -> None:
    player = Player()
    zero = {key: dict.fromkeys(names, 0) for key, names in counts.items()}
    player.run(4.0, told([FLASH], voice(**zero)))  # type: ignore[arg-type]
    flashed = levels(player.run(0.3, told([FLASH], voice(**counts))), 5)  # type: ignore[arg-type]
    assert flashed[0] == 255
    assert flashed == sorted(flashed, reverse=True)
    assert flashed[-1] == 0


def test_counts_of_another_conductor_or_preset_are_no_flashes() -> None:
    player = Player()
    player.run(4.0, told([FLASH], of=state(voice(entered={"clap": 3}))))
    again = [(1, 2, 9), (2, 2, 50), (2, 3, 0)]
    for pid, changes, count in again:
        message = told([FLASH], of=state(voice(entered={"clap": count}), pid=pid, changes=changes))
        assert set(levels(player.run(0.3, message), 5)) == {0}


def test_what_happened_between_two_frames_is_not_lost() -> None:
    player = Player()
    player.run(4.0, told([FLASH], voice(entered={"clap": 0})))
    player.desk.take(told([FLASH], voice(entered={"clap": 1})), player.now_s)
    player.desk.take(told([FLASH], voice(entered={"clap": 1})), player.now_s)
    assert levels(player.run(STEP_S, told([FLASH], voice(entered={"clap": 1}))), 5) == [255]


def test_no_more_flashes_than_allowed() -> None:
    player = Player(flashes=3)
    second = LampSetup("other", 1, 9, level=LampSource(), flash=("wave",), decay_s=0.05)

    def asking(number: int) -> LightMessage:
        return told([FLASH, second], voice(entered={"clap": number // 4}, performed={"wave": number // 5}))

    player.run(4.0, asking(0))
    seen = player.run(10.0, asking)
    shown = list(zip(levels(seen, 5), levels(seen, 9), strict=True))
    starts = [n for n in range(1, len(shown)) if any(b > a for a, b in zip(shown[n - 1], shown[n], strict=True))]
    assert 25 <= len(starts) <= 31
    assert all(later - first >= 1.0 / STEP_S for first, later in zip(starts, starts[3:], strict=False))
    assert player.desk.withheld > 50


def test_a_lamp_flashes_no_more_often_by_taking_turns_with_its_colours() -> None:
    player = Player(lit=True, flashes=3)
    lamp = LampSetup("wash", 1, 1, "rgb", level=LEVEL, hue=LampSource("output", "hue"), glide_s=0.0)

    def turns(number: int) -> LightMessage:
        return told([lamp], positions={"level": float(number // 2 % 2), "hue": number // 4 % 3 / 3})

    bright = [max(frame[:3]) for frame in player.run(10.0, turns)]
    rises = [n for n, (before, later) in enumerate(itertools.pairwise(bright)) if later - before > 26]
    assert 25 <= len(rises) <= 31
    assert all(later - first >= 1.0 / STEP_S for first, later in zip(rises, rises[3:], strict=False))


def test_beats_flash_while_the_conductor_is_heard() -> None:
    player = Player()
    lamp = LampSetup("beat", 1, 1, level=LampSource(), flash=("beat",), decay_s=0.1)
    message = LightMessage(state(voice(), tempo=Tempo(bpm=120.0, anchor_s=100.0)), LightSetup((lamp,)))
    player.run(4.0, message)
    seen = levels(player.run(4.0, message))
    assert sum(later > before for before, later in itertools.pairwise(seen)) == 8
    player.run(2.0, None)
    assert set(levels(player.run(2.0, None))) == {0}
