"""What comes in from outside, and what the outside is told."""

from collections.abc import Callable
from uuid import UUID, uuid5

import httpx
import pytest

from tests.builders.newsroom.identities import LAN
from tests.builders.newsroom.reader import Reader
from tests.web.foundation.conftest import Newsroom
from tests.web.foundation.test_forms import GOOD


def test_a_form_without_token_or_with_anothers_is_refused(room: Newsroom, lan: Reader, hung: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    hungs = hung.form(hung.get("/newsroom/notes/new")).value("csrf_token")

    for token in ("", "forged", hungs):
        assert lan.send(form, GOOD | {"csrf_token": token}).status_code == 403
    assert room.notes.kept == {}


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_from_another_site_is_refused_even_with_the_token(
    room: Newsroom, lan: Reader, headers: dict[str, str]
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    assert lan.send(form, GOOD, **headers).status_code == 403
    assert room.notes.kept == {}


def test_signing_in_is_protected_as_well(at_browser: Callable[[], Reader]) -> None:
    victim, attacker = at_browser(), at_browser()
    form = attacker.form(attacker.get("/sign-in"))

    assert victim.send(form, {"login": "hung", "password": "right"}).status_code == 403


def test_whoever_is_outside_cannot_put_words_into_the_form_of_somebody_inside(
    at_browser: Callable[[], Reader], lan: Reader
) -> None:
    outsider = at_browser()
    outsider.client.cookies.set("visitor", f"{LAN.hex}/any-session")
    token = outsider.form(outsider.get("/sign-in")).value("csrf_token")
    form = lan.form(lan.get("/newsroom/notes/new"))

    answer = outsider.send(form, GOOD | {"csrf_token": token, "title": "Put in by a stranger"})

    assert answer.status_code == 403
    assert "Put in by a stranger" not in lan.get("/newsroom/notes/new").text


@pytest.mark.parametrize("headers", [{"origin": "http://["}, {"referer": "http://[", "origin": "http://["}])
def test_addresses_that_are_none_are_refused_and_no_fault(lan: Reader, headers: dict[str, str]) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    assert lan.send(form, GOOD, **headers).status_code == 403


def test_choosing_a_language_leads_nowhere_outside(room: Newsroom) -> None:
    answer = httpx.get(f"{room.address}//evil.example/?lang=en", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_programs_send_the_token_in_a_header_and_get_problem_documents(lan: Reader) -> None:
    token = lan.form(lan.get("/newsroom/notes/new")).value("csrf_token")
    headers = {"x-csrf-token": token, "origin": lan.address}
    png = [("file", ("a.png", b"\x89PNG....", "image/png"))]

    good = lan.client.post("/newsroom/images", files=png, headers=headers)
    bad = lan.client.post("/newsroom/images", files=[("file", ("a.png", b"GIF", "image/png"))], headers=headers)
    forged = lan.client.post("/newsroom/images", files=png, headers=headers | {"x-csrf-token": "x"})

    assert (good.status_code, good.json()["url"]) == (201, "/static/emblem.svg")
    assert (bad.status_code, bad.headers["content-type"]) == (422, "application/problem+json")
    assert bad.json()["title"] == "Đây không phải là ảnh."
    assert (forged.status_code, forged.headers["content-type"]) == (403, "application/problem+json")


def test_a_program_without_session_is_told_401(at_browser: Callable[[], Reader]) -> None:
    answer = at_browser().get("/newsroom/openapi.json", accept="application/json")

    assert answer.status_code == 401
    assert answer.json()["status"] == 401


def test_every_answer_carries_the_security_headers(lan: Reader) -> None:
    for address in ("/newsroom/notes", "/newsroom/nothing", "/newsroom/broken", "/static/staff.css", "/sign-in"):
        headers = lan.get(address).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
    assert lan.get("/newsroom/notes").headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in lan.get("/newsroom/notes").headers["content-security-policy"]


def test_a_fault_of_ours_shows_a_page_with_the_requests_number_and_no_trace(lan: Reader) -> None:
    number = uuid5(UUID(int=0), "request")

    answer = lan.get("/newsroom/broken", **{"x-request-id": str(number)})

    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == str(number)
    assert str(number) in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivision" not in answer.text


def test_a_request_number_that_is_no_uuid_is_replaced(lan: Reader) -> None:
    assert UUID(lan.get("/newsroom/notes", **{"x-request-id": "<script>"}).headers["x-request-id"])


def test_an_unknown_page_an_unknown_thing_and_a_malformed_id_are_404_in_the_readers_language(lan: Reader) -> None:
    for address in ("/newsroom/nothing", f"/newsroom/notes/{UUID(int=5)}", "/newsroom/notes/5", "/nowhere"):
        answer = lan.get(address)
        assert answer.status_code == 404
        assert "Trang này không tồn tại" in answer.text
    lan.get("/newsroom/notes?lang=en")
    assert "This page does not exist" in lan.get("/newsroom/nothing").text


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut'),
        ("multipart/form-data; boundary=x", b"no multipart at all"),
        ("multipart/form-data", b""),
        (f"multipart/form-data; boundary={'x' * 300}", b""),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: a/b\r\n\r\nz\r\n--x--\r\n"),
    ],
)
def test_a_body_that_is_no_form_is_400(lan: Reader, media_type: str, body: bytes) -> None:
    answer = lan.client.post("/newsroom/notes/new", content=body, headers={"content-type": media_type})

    assert answer.status_code == 400


def test_a_text_larger_than_any_form_is_413(lan: Reader) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))

    assert lan.send(form, GOOD | {"remark": "x" * 9_000_000}).status_code == 413


def test_the_language_is_vietnamese_until_another_is_chosen_and_the_page_stays(lan: Reader) -> None:
    assert '<html lang="vi">' in lan.get("/newsroom/notes?number=2").text

    answer = lan.get("/newsroom/notes?number=2&lang=en")

    assert answer.headers["location"] == "/newsroom/notes?number=2"
    assert '<html lang="en">' in lan.get("/newsroom/notes?number=2").text


def test_health_tells_the_truth(room: Newsroom) -> None:
    assert httpx.get(f"{room.address}/healthz").json() == {"alive": True}
    ready = httpx.get(f"{room.address}/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "missing": [], "since": {}, "checks": {"mongodb": True}},
    )


def test_static_files_asked_for_by_content_are_kept_for_ever(lan: Reader) -> None:
    page = lan.get("/newsroom/notes").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    assert "immutable" in lan.get(address).headers["cache-control"]
    assert "immutable" not in lan.get(address.partition("?")[0]).headers["cache-control"]


def test_pages_at_the_root_belong_to_the_part_that_brings_them(lan: Reader) -> None:
    assert lan.get("/where").json() == {"prefix": "/annex/"}


def test_static_files_are_compressed_and_pages_with_their_tokens_are_not(lan: Reader) -> None:
    assert lan.get("/static/staff.css").headers.get("content-encoding") == "gzip"
    assert "content-encoding" not in lan.get("/newsroom/notes/new").headers


def test_what_somebody_wanted_to_do_without_a_form_page_leads_back_to_where_they_were(
    lan: Reader, room: Newsroom
) -> None:
    form = lan.form(lan.get("/newsroom/notes/new"))
    room.clock.forward(hours=1)
    fields = {"csrf_token": form.value("csrf_token")}

    answer = lan.client.post(
        "/newsroom/images",
        data=fields,
        headers={"origin": lan.address, "referer": f"{lan.address}/newsroom/notes?number=3"},
    )

    assert answer.headers["location"] == "/sign-in?next=%2Fnewsroom%2Fnotes%3Fnumber%3D3"
