"""The picture of a story: a lane for each office, a mark for each act, and waiting times as lengths; plain SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

MOST_LANES = 7
"""Offices beyond these share the last lane."""
_WIDE, _LEFT, _RIGHT, _LANE, _TOP, _BOTTOM = 1040.0, 190.0, 40.0, 52.0, 30.0, 30.0
_NARROW, _COLUMN, _HEAD = 340.0, 30.0, 34.0
_LEAST_WIDE, _LEAST_NARROW = 30.0, 40.0
_STRETCH = 420.0
"""At least so many pixels of the picture are shared out by waiting time, however many steps there are."""
_ROOM_FOR_WORDS = 78.0
ROUND, SQUARE, DIAMOND, CROSS = "round", "square", "diamond", "cross"
"""Shapes of marks: an ordinary act; what takes something back from readers; a correction; a refused attempt."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act as the picture needs it: `shape` is round, square, diamond or cross; `lane` the office that acted.

    `waited` is the time since the act before, spent on the lane `waits_for`; `wait_words` says how long it was until
    somebody acted who was not refused, and is empty for refused attempts.
    """

    number: int
    lane: int
    at: datetime
    day: str
    when: str
    says: str
    tone: str
    shape: str
    waited: timedelta
    waits_for: int
    wait_words: str
    longest: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an act stands."""

    x: float
    y: float
    told: Told


@dataclass(frozen=True, slots=True)
class Bar:
    """A waiting time: it lies on the lane of whom the item waited for; `label_x`, `label_y` say where its words go."""

    x: float
    y: float
    width: float
    height: float
    words: str
    longest: bool
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line, such as the way from one office to the next, or a deadline with its words."""

    x1: float
    y1: float
    x2: float
    y2: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to be drawn, in pixels; `upright` goes from top to bottom, for phones."""

    upright: bool
    width: float
    height: float
    lanes: tuple[Line, ...]
    ways: tuple[Line, ...]
    bars: tuple[Bar, ...]
    deadlines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    days: tuple[Line, ...]


def drawn(told: Sequence[Told], lanes: Sequence[str], due: Sequence[tuple[datetime, str]], *, upright: bool) -> Picture:
    """Draw acts, at least one; `due` are deadlines with their words, of which those between first and last act show."""
    places = _along(told, upright=upright)
    width, height = _size(places[-1], len(lanes), upright=upright)
    at = _upright if upright else _lying
    end = height - 8 if upright else width - 12
    return Picture(
        upright,
        width,
        height,
        lanes=tuple(_lane(number, name, end, at) for number, name in enumerate(lanes)),
        ways=tuple(_way(one, two, place, at) for (one, two), place in zip(pairwise(told), places, strict=False)),
        bars=tuple(_bar(act, reach, upright=upright) for act, reach in zip(told[1:], pairwise(places), strict=True)),
        deadlines=tuple(
            _across(_place(told, places, instant), words, (width, height), upright=upright)
            for instant, words in due
            if told[0].at <= instant <= told[-1].at
        ),
        marks=tuple(Mark(*at(place, act.lane), act) for place, act in zip(places, told, strict=True)),
        days=_days(told, places, height, upright=upright),
    )


def _along(told: Sequence[Told], *, upright: bool) -> list[float]:
    """Return how far along each act stands: each takes the same least length, and the rest is shared out by waiting."""
    least = _LEAST_NARROW if upright else _LEAST_WIDE
    gaps = len(told) - 1
    room = _WIDE - _LEFT - _LEAST_WIDE - _RIGHT
    stretch = _STRETCH if upright else max(_STRETCH, room - gaps * least)
    waits = [act.waited.total_seconds() for act in told[1:]]
    total = sum(waits)
    share = min(stretch, 60.0 * gaps) if upright else stretch
    places = [0.0]
    for wait in waits:
        places.append(places[-1] + least + (share * wait / total if total else 0.0))
    return places


def _size(last: float, lanes: int, *, upright: bool) -> tuple[float, float]:
    if upright:
        return _NARROW, _HEAD + last + 2 * _LEAST_NARROW
    return max(_WIDE, _LEFT + _LEAST_WIDE + last + _RIGHT), _TOP + lanes * _LANE + _BOTTOM


def _lying(along: float, lane: int) -> tuple[float, float]:
    return round(_LEFT + _LEAST_WIDE + along, 1), _TOP + (lane + 0.5) * _LANE


def _upright(along: float, lane: int) -> tuple[float, float]:
    return (lane + 0.5) * _COLUMN, round(_HEAD + _LEAST_NARROW + along, 1)


Place = Callable[[float, int], tuple[float, float]]


def _lane(number: int, name: str, end: float, at: Place) -> Line:
    x, y = at(0.0, number)
    return Line(_LEFT, y, end, y, name) if at is _lying else Line(x, _HEAD, x, end, name)


def _way(one: Told, two: Told, place: float, at: Place) -> Line:
    """Return the way by which the item went over to whom it then waited for; a refused attempt moved nothing."""
    return Line(*at(place, one.waits_for if one.shape == CROSS else one.lane), *at(place, two.waits_for))


def _bar(act: Told, reach: tuple[float, float], *, upright: bool) -> Bar:
    begin, length = reach[0], round(reach[1] - reach[0], 1)
    if upright:
        x, y = _upright(begin, act.waits_for)
        return Bar(x - 5, y, 10, length, act.wait_words, act.longest, 0, round(y + length / 2, 1))
    x, y = _lying(begin, act.waits_for)
    words = act.wait_words if act.longest or length >= _ROOM_FOR_WORDS else ""
    return Bar(x, y - 6, length, 12, words, act.longest, round(x + length / 2, 1), y - 12)


def _place(told: Sequence[Told], places: Sequence[float], instant: datetime) -> float:
    """Return how far along an instant between the first and the last act lies."""
    for (one, two), (begin, end) in zip(pairwise(told), pairwise(places), strict=True):
        if one.at <= instant <= two.at:
            lasted = (two.at - one.at).total_seconds()
            return begin + (end - begin) * ((instant - one.at).total_seconds() / lasted if lasted else 0.0)
    return places[-1]


def _across(place: float, words: str, size: tuple[float, float], *, upright: bool) -> Line:
    if upright:
        y = _upright(place, 0)[1]
        return Line(0, y, size[0], y, words)
    x = _lying(place, 0)[0]
    return Line(x, _TOP - 8, x, size[1] - _BOTTOM, words)


def _days(told: Sequence[Told], places: Sequence[float], height: float, *, upright: bool) -> tuple[Line, ...]:
    """Return where a day is written below: at each act on another day than the one written last, as far as there is room."""
    if upright:
        return ()
    found: list[Line] = []
    for act, place in zip(told, places, strict=True):
        x = _lying(place, 0)[0]
        if not found or (found[-1].words != act.day and x - found[-1].x1 >= _ROOM_FOR_WORDS):
            found.append(Line(x, height - 8, x, height - 8, act.day))
    return tuple(found)
