"""Reading what a request carried, however it is cut into pieces."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from infra.web.differences import compare, readable
from infra.web.going import own_address
from infra.web.pace import Pace, RequestTooSlowError
from infra.web.posted import Bounds, Posted, RequestTooLargeError, UnreadableRequestError, clean_name, read_posted

BODY = (
    '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nLũ về\r\nđêm\r\n'
    '--x\r\nContent-Disposition: form-data; name="files"; filename="công văn.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n%PDF-1.7 nội dung\r\n"
    '--x\r\nContent-Disposition: form-data; name="empty"; filename=""\r\n\r\n\r\n'
    '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nthứ hai\r\n--x--\r\n'
).encode()


def read(pieces: list[bytes], bounds: Bounds = Bounds(), media_type: str = "multipart/form-data; boundary=x") -> Posted:  # noqa: B008
    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", media_type.encode())]})

    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    request.stream = stream  # type: ignore[method-assign]
    return asyncio.run(read_posted(request, bounds))


@given(st.lists(st.integers(0, len(BODY)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_body_means_the_same_however_it_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(BODY)]

    posted = read([BODY[start:end] for start, end in pairwise(places)])

    (file,) = posted.files("files")
    assert posted.texts("title") == ["Lũ về\nđêm", "thứ hai"]
    assert (file.name, file.media_type, file.stream.read().decode()) == (
        "công văn.pdf",
        "application/pdf",
        "%PDF-1.7 nội dung",
    )
    assert posted.files("empty") == []
    posted.close()


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_a_damaged_body_is_unreadable_and_never_a_fault(rubbish: bytes) -> None:
    for body in (rubbish, BODY[:150] + rubbish, BODY[:-20] + rubbish):
        try:
            read([body]).close()
        except UnreadableRequestError:
            continue


def test_a_file_is_kept_up_to_its_bound_and_dropped_one_byte_over() -> None:
    size = len("%PDF-1.7 nội dung".encode())

    kept, dropped = read([BODY], Bounds(file_bytes=size)), read([BODY], Bounds(file_bytes=size - 1))

    assert not kept.files("files")[0].too_large
    assert dropped.files("files")[0].too_large
    assert dropped.files("files")[0].stream.read() == b""
    assert dropped.text("title") == "thứ hai"
    for posted in (kept, dropped):
        posted.close()


@pytest.mark.parametrize("bounds", [Bounds(text_bytes=10), Bounds(all_bytes=100), Bounds(parts=3)])
def test_too_much_of_anything_is_too_large(bounds: Bounds) -> None:
    with pytest.raises(RequestTooLargeError):
        read([BODY[:200], BODY[200:]], bounds)


@pytest.mark.parametrize(
    "pace",
    [Pace(seconds_first=0.05), Pace(seconds_first=0.05, bytes_per_second=100, seconds_most=0.1)],
    ids=["too few bytes", "too long in all"],
)
@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_a_body_that_is_held_back_is_not_waited_for(pace: Pace, media_type: str) -> None:
    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", media_type.encode())]})

    async def stream() -> AsyncIterator[bytes]:
        yield BODY[:40]
        await asyncio.Event().wait()

    request.stream = stream  # type: ignore[method-assign]
    with pytest.raises(RequestTooSlowError):
        asyncio.run(read_posted(request, Bounds(pace=pace)))


def test_a_slow_phone_is_given_time_for_what_it_has_sent_and_nobody_more_than_an_hour() -> None:
    assert [Pace().seconds(received) for received in (0, 8 * 1024, 10 * 1024**2, 210 * 1024**2)] == [60, 61, 1340, 3600]


def test_a_plain_form_keeps_the_order_of_values_and_drops_what_stores_refuse() -> None:
    posted = read([b"a=1&b=x%00y%0D%0Az&a=2&c"], media_type="application/x-www-form-urlencoded")

    assert (posted.texts("a"), posted.text("b"), posted.text("c")) == (["1", "2"], "xy\nz", "")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("công văn.docx", "công văn.docx"),
        ("C:\\Hồ sơ\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", ""),
    ],
)
def test_a_files_name_is_its_last_part_without_control_characters(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("ữ" * 300 + ".docx").endswith("ữ.docx")
    assert len(clean_name("ữ" * 300 + ".docx")) == 200
    assert len(clean_name("." + "x" * 300)) <= 200


@given(st.text(alphabet="aàá b.,\n", max_size=60), st.text(alphabet="aàá b.,\n", max_size=60))
def test_a_comparison_loses_no_word_of_either_text(before: str, after: str) -> None:
    left, right = compare(before, after)

    assert "".join(run.text for run in left) == before
    assert "".join(run.text for run in right) == after
    assert [run.text for run in left if run.kind == "same"] == [run.text for run in right if run.kind == "same"]


def test_a_comparison_marks_words() -> None:
    _left, right = compare("Sơ tán 120 hộ dân", "Sơ tán 134 hộ dân")

    assert [(run.kind, run.text) for run in right] == [("same", "Sơ tán "), ("new", "134"), ("same", " hộ dân")]


def test_html_is_compared_as_people_read_it() -> None:
    assert readable("<p>Một &amp; <b>hai</b></p><ul><li>ba</li></ul>") == "Một & hai\nba"
    assert readable("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"


@pytest.mark.parametrize("outside", ["//x.vn", "https://x.vn", "/\\x.vn", "\\\\x", "javascript:x", "", "/a\nb", "x"])
def test_an_address_outside_becomes_the_start_page(outside: str) -> None:
    assert own_address(outside) == "/"


def test_an_address_inside_stays() -> None:
    assert own_address("/content/articles?q=lũ&page=2") == "/content/articles?q=lũ&page=2"
