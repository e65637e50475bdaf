"""What was taken away by words stays what it was, whatever gets these words for its name afterwards."""

import pytest

from infra.kernel.ids import natural_id
from tests.builders.audit import Telling, a_story
from tests.builders.newsroom.reader import Reader
from tests.web.audit.conftest import Office
from tests.web.audit.taking import STORY, entries, ordered, packed, recorded

pytestmark = pytest.mark.servers


def test_what_was_taken_by_words_stays_the_same_whatever_is_called_so_afterwards(
    reviewer: Reader, office: Office
) -> None:
    telling, other = Telling(), natural_id("test", "other")
    a_story(telling)
    telling.tell("content.submission.recorded", other, "content-team", title="Chợ xã Lộc Ninh")
    office.audit.hearing.listening.react(telling.told[8:])
    export, pack = recorded(reviewer, "?thing=ma+da"), ordered(reviewer, "?thing=ma+da")
    before = entries(reviewer, export)

    telling.tell("content.submission.recorded", other, "content-team", title="Cầu Mã Đà thứ hai")
    office.audit.hearing.listening.react(telling.told[9:])

    assert "content/9" in reviewer.get("/audit/acts?thing=ma+da").text
    assert before == STORY
    assert entries(reviewer, export) == STORY
    assert packed(reviewer, office, pack) == STORY
    assert "2 đối tượng" in reviewer.get(export).text
