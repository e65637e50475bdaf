"""What the law sets on publishing and correcting an item, told beside its story."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from services.audit.queries.views import Act, Step, Story, Thing
from services.audit.ui.stories import deadlines, lanes_of, spans
from services.audit.ui.story_picture import MOST_LANES

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ITEM = Thing("item", "content.article", {}, "", "", "")


def a_story(*happened: tuple[str, timedelta], thing: Thing = ITEM, capacities: tuple[str, ...] = ()) -> Story:
    """Tell a story by the ends of topics and how long after Monday morning each was."""
    acts = []
    for number, (topic, after) in enumerate(happened):
        capacity = capacities[number] if capacities else "content-team"
        acts.append(
            Act(
                f"content/{number}", number, "content", topic, thing, number, MONDAY + after, "account", "", capacity,
                "", "", "", topic.endswith("refused"), "", "", "", {}, "",
            )
        )  # fmt: skip
    waits = [None, *(later.at - earlier.at for earlier, later in pairwise(acts))]
    return Story(thing, tuple(Step(act, wait) for act, wait in zip(acts, waits, strict=True)))


DRAFTED, PUBLISHED = "content.article.drafted", "content.article.published"
CORRECTED, WITHDRAWN = "content.article.correction_begun", "content.article.withdrawn"
REFUSED = "content.attempt.refused"


def states(story: Story, now: datetime) -> list[str]:
    return [deadline.state(now) for deadline in deadlines(story, PROVINCE)]


def test_an_item_is_to_be_published_within_five_working_days_the_last_instant_included() -> None:
    last = timedelta(days=7, hours=15) - timedelta.resolution

    assert states(a_story((DRAFTED, timedelta()), (PUBLISHED, last)), MONDAY) == ["met"]
    assert states(a_story((DRAFTED, timedelta()), (PUBLISHED, last + timedelta.resolution)), MONDAY) == ["late"]


def test_an_item_that_is_not_published_is_running_and_then_overdue() -> None:
    story = a_story((DRAFTED, timedelta()))

    assert (states(story, MONDAY + DAY), states(story, MONDAY + 8 * DAY)) == (["running"], ["overdue"])


def test_each_correction_has_a_deadline_of_its_own_that_a_withdrawal_meets_too() -> None:
    story = a_story((DRAFTED, timedelta()), (PUBLISHED, DAY), (CORRECTED, 2 * DAY), (PUBLISHED, 3 * DAY), (CORRECTED, 4 * DAY), (WITHDRAWN, 20 * DAY))  # fmt: skip

    assert states(story, MONDAY) == ["met", "met", "late"]
    assert [deadline.clause for deadline in deadlines(story, PROVINCE)][1:] == ["Luật TCTT Đ32.1"] * 2


def test_what_is_no_item_has_no_deadline() -> None:
    account = Thing("account", "board.account", {}, "", "", "")

    assert deadlines(a_story(("board.account.issued", timedelta()), thing=account), PROVINCE) == []
    assert deadlines(a_story((REFUSED, timedelta())), PROVINCE) == []


def test_a_refused_attempt_ends_no_waiting() -> None:
    story = a_story((DRAFTED, timedelta()), (REFUSED, DAY), (PUBLISHED, 3 * DAY))

    assert spans(story.steps) == [(0, timedelta()), (2, 3 * DAY)]


def test_however_many_offices_there_are_the_lanes_stay_few() -> None:
    offices = tuple(f"office-{number}" for number in range(MOST_LANES + 3))
    story = a_story(*[(DRAFTED, timedelta())] * len(offices), capacities=offices)

    assert lanes_of(story) == [*offices[: MOST_LANES - 1], "others"]
