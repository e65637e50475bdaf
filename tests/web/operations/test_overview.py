"""How everything fares: the page says what it means, and does not pass old figures off as new ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.operations.facts import (
    Backup,
    Disk,
    Facts,
    Lag,
    Log,
    ParkedCount,
    Process,
    Queue,
    Verification,
)
from tests.builders.newsroom.identities import START
from tests.builders.newsroom.reader import Reader
from tests.web.operations.conftest import Station

pytestmark = pytest.mark.servers
WELL = Facts(
    at=START,
    up={"mongodb": True, "rabbitmq": True},
    disk=Disk(50_000_000_000, 100_000_000_000),
    logs=[Log("content", 91)],
    lags=[Lag("gateway.from.content", "press", "gateway", "content", 91, 0, 0.0)],
    queues=[Queue("gateway.from.content", "events", 0, 0, 1), Queue("gateway.from.content.dead", "dead", 0, 0, 0)],
    processes=[Process("press", "ready", 0, failing=False, since=START)],
    verification=Verification("intact", START, 0, alive=True),
    backup=Backup(START - timedelta(hours=2), 73_400_320),
)


def shown(station: Station, reader: Reader, facts: Facts) -> str:
    station.observations.keep(facts)
    reader.get("/operations/?lang=en")
    return reader.get("/operations/").text


def test_who_is_told_by_which_lane_of_a_relay_is_said(station: Station, technician: Reader) -> None:
    lanes = [Lag(name, "relay", "content", "content", 91, 0, 0.0) for name in ("content.relay", "content.relay.events")]

    page = shown(station, technician, replace(WELL, lags=lanes))

    assert "Telling services: Content" in page
    assert "Telling subscribers: Content" in page


def test_a_system_that_fares_well_says_so(station: Station, technician: Reader) -> None:
    page = shown(station, technician, WELL)

    for said in (
        "intact",
        "nothing is parked",
        "all have read everything",
        "answers",
        "Up to date",
        "In order",
        "ready",
    ):
        assert said in page
    assert 'class="tile bad"' not in page
    assert "badge bad" not in page


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"verification": Verification("tampered", START, 3, alive=True)}, "tampered with"),
        ({"verification": None}, "unproven"),
        ({"lags": [Lag("gateway.from.content", "press", "gateway", "content", 80, 11, 61.0)]}, "11 events behind"),
        ({"parked": [ParkedCount("audit", "content", 2, START)]}, "2 messages wait"),
        ({"up": {"mongodb": True, "rabbitmq": False}, "queues": []}, "does not answer"),
        ({"queues": [Queue("gateway.from.content", "events", 5, 0, 0)]}, "Nobody reads it"),
        ({"queues": [Queue("gateway.from.content.dead", "dead", 1, 0, 0)]}, "Unreadable messages"),
        ({"processes": [Process("press", "restarting", 7, failing=True, since=START)]}, "Ends again and again"),
        ({"backup": None}, "there has never been one"),
        ({"backup": Backup(START - timedelta(hours=27), 1)}, "tile bad"),
        ({"disk": Disk(9_000_000_000, 100_000_000_000)}, "tile bad"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_trouble_is_said_and_shows(
    station: Station, technician: Reader, trouble: dict[str, object], said: str
) -> None:
    page = shown(station, technician, replace(WELL, **trouble))  # type: ignore[arg-type]

    assert said in page
    assert 'class="tile bad"' in page or "badge bad" in page


def test_figures_that_nobody_renews_are_not_passed_off_as_new(station: Station, technician: Reader) -> None:
    shown(station, technician, WELL)

    station.clock.forward(seconds=30)
    assert "Nobody observes" not in technician.get("/operations/state").text
    station.clock.forward(seconds=1)

    assert "Nobody observes the system any more" in technician.get("/operations/state").text


def test_the_page_is_found_without_the_last_stroke_of_its_address(technician: Reader) -> None:
    assert technician.get("/operations").headers["location"] == "/operations/"


def test_before_the_first_look_the_page_says_what_is_missing(station: Station, reviewer: Reader) -> None:
    assert station.observations.latest() is None

    assert "Chưa ai quan sát hệ thống" in reviewer.get("/operations/").text
