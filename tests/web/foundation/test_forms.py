"""What happens to a form that is sent."""

from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom

GOOD = {"title": "Lũ về", "body": "<p>Nước lên nhanh.</p>", "section": "news", "day": "2025-11-20"}


def test_a_good_form_is_carried_out_by_who_is_signed_in_and_the_next_page_says_so(room: Newsroom, lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    answer = lan.send(form, GOOD)

    (note,) = room.notes.kept.values()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/newsroom/notes/{note.id}")
    assert note.draft.title == "Lũ về"
    assert str(room.notes.acts[0].correlation) == form.value("form_id")
    assert "Lũ về" in lan.get(answer.headers["location"]).text
