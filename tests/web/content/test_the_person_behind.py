"""Who is behind a submission is kept only together with it."""

from tests.web.content.conftest import Enter, Office

ARRIVAL = {
    "form_name": "arrival",
    "title": "Lịch tiêm chủng",
    "channel": "post",
    "provider": "Sở Y tế",
    "person": "Nguyễn Văn An, 0900 000 001",
    "classification": "announcement",
    "origin": "Thông báo của Sở",
    "purpose": "Đăng thông báo",
    "received_on": "2025-11-20",
}


def kept(office: Office) -> list[str]:
    """Return under which submissions somebody is kept."""
    return [each["_id"] for each in office.desk.store["people"].find() if each["_id"].startswith("submission/")]


def test_a_submission_that_is_refused_leaves_no_person(office: Office, signed_in: Enter) -> None:
    lan, hung = signed_in("lan"), signed_in("hung")
    form = lan.form(lan.get("/content/submissions/new"), "/submissions/new")
    token = hung.form(hung.get("/newsroom/notes/new")).value("csrf_token")

    assert hung.send(form, {**ARRIVAL, "csrf_token": token}).status_code == 403

    assert kept(office) == []


def test_a_form_sent_again_after_the_person_was_erased_brings_nobody_back(office: Office, signed_in: Enter) -> None:
    lan = signed_in("lan")
    form = lan.form(lan.get("/content/submissions/new"), "/submissions/new")
    address = lan.send(form, ARRIVAL).headers["location"]
    assert len(kept(office)) == 1
    erasing = lan.form(lan.get(f"{address}/erase-person"), "/erase-person")
    assert lan.send(erasing, {"ground": "asked"}).status_code == 303
    office.desk.store["form_answers"].delete_many({})

    assert lan.send(form, ARRIVAL).headers["location"] == address

    assert kept(office) == []
