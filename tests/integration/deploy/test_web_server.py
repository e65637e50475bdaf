"""The nginx that stands in front in production answers as the gateway does, and goes on answering when nobody else lives."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.baked import _LIVE, CURRENT
from gateway.kept import MEDIA_TYPES
from gateway.pages.site import Site
from gateway.press.baking import bake
from tests.benches.p06_baked_page import baked_site, gateway
from tests.builders.waiting import until
from tests.builders.web_server import BROTLI, SHIPPED, WebServer, web_server

pytestmark = pytest.mark.servers

OWN_WORDS = {"etag", "last-modified", "date", "server", "connection", "accept-ranges", "vary", "x-request-id"}
"""Headers that nginx words in its own way, or that say nothing of the page."""
FILE = "ab" * 32


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = baked_site(tmp_path_factory.mktemp("site"))
    bake(made / CURRENT, Site.load(Path("profiles/binh-phuoc"), "http://portal.example").assets.files.items())
    files = (f"files/{FILE}/download/Quyết định.docx", f"files/{FILE}/picture.webp")
    for name in (*files, "log/checkpoint", "log/keys", "log/tile/0/000", "log/tile/0/x001/234.p/44"):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes of a file")
    return made


@pytest.fixture(scope="module")
def both(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebServer, str]]:
    """The web server, and the address of the gateway behind it."""
    folder = tmp_path_factory.mktemp("servers")
    with gateway(folder, site) as behind:
        address = behind.address.split("/vi/")[0]
        with web_server(folder, site, address.removeprefix("http://")) as front:
            yield front, address


@pytest.fixture(scope="module")
def alone(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """The web server while every other process is dead."""
    with web_server(tmp_path_factory.mktemp("alone"), site, "127.0.0.1:9") as server:
        yield server


def ask(address: str, **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(address, headers={"accept-encoding": "identity", **given})


ADDRESSES = (
    "/",
    "/vi/",
    "/en/",
    "/vi",
    "/vi/tin-tuc/",
    "/vi/tin-tuc",
    "/robots.txt",
    "/sitemap.xml",
    "/feeds/tin-tuc.vi.atom",
    "/vi/nothing-here",
    "/en/nothing-here",
    "/vi/index.html",
    "/vi/index.html.gz",
    "/vi//",
    "/.design",
    "/vi/.listed",
    "/log/checkpoint",
    "/log/keys",
    "/log/tile/0/000",
    "/log/tile/0/x001/234.p/44",
    "/log/tile/0/001",
    "/log/tile/64/000",
    "/log/tile/0/",
    "/log",
    "/files/",
    f"/files/{FILE}/",
    f"/files/{FILE}/picture.webp",
    f"/files/{FILE}/download/Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.docx",
    f"/files/{FILE}/download/none.docx",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_answers_as_the_gateway_does(both: tuple[WebServer, str], address: str) -> None:
    front, behind = both

    ours, theirs = ask(front.public_url + address), ask(behind + address)

    assert ours.status_code == theirs.status_code
    assert ours.headers.get("location") == theirs.headers.get("location")
    if ours.status_code != 200:
        assert said(theirs).items() <= said(ours).items()
        return
    assert ours.content == theirs.content
    assert said(ours) == said(theirs)


def said(response: httpx.Response) -> dict[str, str]:
    """Return what the headers tell of the page; of what is no page, the length and type are everybody's own."""
    left_out = OWN_WORDS | (set() if response.status_code == 200 else {"content-length", "content-type"})
    return {name: value for name, value in response.headers.items() if name not in left_out}


def test_each_item_and_each_file_with_a_hash_in_its_name_is_served(both: tuple[WebServer, str], site: Path) -> None:
    front, behind = both
    pages = [path for path in (site / CURRENT).rglob("*.html") if path.name not in ("index.html", "404.html")]
    lasting = [path for path in (site / CURRENT / "static").iterdir() if path.suffix in MEDIA_TYPES]
    addresses = [f"/{path.relative_to(site / CURRENT).with_suffix('')}" for path in pages[:5]]
    addresses += [f"/{path.relative_to(site / CURRENT)}" for path in lasting]

    assert len(addresses) > 6
    for address in addresses:
        ours, theirs = ask(front.public_url + address), ask(behind + address)
        assert (ours.status_code, ours.content, said(ours)) == (200, theirs.content, said(theirs))


@pytest.mark.parametrize("encoding", ["gzip", *(["br"] if BROTLI.exists() else [])])
def test_what_the_press_has_compressed_is_sent_as_it_is(alone: WebServer, site: Path, encoding: str) -> None:
    ending = {"gzip": ".gz", "br": ".br"}[encoding]

    with httpx.stream("GET", f"{alone.public_url}/vi/", headers={"accept-encoding": encoding}) as answer:
        sent = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == encoding
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert sent == (site / CURRENT / "vi" / f"index.html{ending}").read_bytes()


def test_a_reader_who_has_the_page_is_told_that_it_has_not_changed(alone: WebServer) -> None:
    first = ask(f"{alone.public_url}/vi/tin-tuc/")

    again = ask(f"{alone.public_url}/vi/tin-tuc/", if_none_match=first.headers["etag"])

    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "address", ["/%2e%2e/%2e%2e/etc/passwd", "/files/..%2f..%2fcurrent/vi/index.html", "/vi/..%2f..%2f"]
)
def test_no_file_outside_the_site_can_be_meant(alone: WebServer, address: str) -> None:
    assert ask(alone.public_url + address).status_code in (400, 404)


def test_part_of_an_attachment_can_be_fetched(alone: WebServer) -> None:
    part = ask(f"{alone.public_url}/files/{FILE}/download/Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.docx", range="bytes=6-7")

    assert (part.status_code, part.content) == (206, b"of")


def test_what_cannot_be_baked_is_passed_on(both: tuple[WebServer, str]) -> None:
    front, behind = both

    for address in ("/healthz", "/openapi.json", "/docs", "/vi/search?q=tin"):
        ours, theirs = ask(front.public_url + address), ask(behind + address)
        assert (ours.status_code, ours.content, said(ours)) == (theirs.status_code, theirs.content, said(theirs))


def test_pages_are_served_when_every_other_process_is_dead_and_the_rest_is_apologised_for(alone: WebServer) -> None:
    assert ask(f"{alone.public_url}/vi/tin-tuc/").status_code == 200

    for address in (f"{alone.public_url}/vi/search?q=a", f"{alone.public_url}/api/v1/articles", alone.staff_url):
        sorry = ask(address)
        assert sorry.status_code == 503
        assert sorry.headers["retry-after"] == "30"
        assert sorry.headers["cache-control"] == "no-store"
        assert "content-security-policy" in sorry.headers


def test_a_gateway_that_dies_takes_no_page_with_it(site: Path, tmp_path: Path) -> None:
    with gateway(tmp_path, site) as behind:
        address = behind.address.split("/vi/")[0].removeprefix("http://")
        with web_server(tmp_path, site, address) as front:
            assert ask(f"{front.public_url}/healthz").status_code == 200
            behind._process.kill()
            until(lambda: ask(f"{front.public_url}/healthz").status_code == 503)
            assert ask(f"{front.public_url}/vi/").status_code == 200


def test_who_asks_too_often_for_what_must_be_computed_is_asked_to_wait(both: tuple[WebServer, str]) -> None:
    front, _ = both

    with httpx.Client() as client:
        answers = [client.get(f"{front.public_url}/healthz").status_code for _ in range(120)]
        pages = [client.get(f"{front.public_url}/vi/").status_code for _ in range(120)]

    assert set(answers) == {200, 429}
    assert set(pages) == {200}


def test_it_passes_on_what_the_gateway_computes_and_nothing_else() -> None:
    config = (SHIPPED / "nginx.conf").read_text(encoding="utf-8")

    live = _LIVE.pattern.replace("(?:", "(").removesuffix("(/.*)?")
    assert f"location ~ ^{live}(/|$) {{" in config
    assert f"location ~ ^(?!{live}/)(/[A-Za-z0-9_-]" in config


def test_its_media_types_are_those_of_the_gateway() -> None:
    told = re.findall(r"^  (\S+)\s+(\w+);$", (SHIPPED / "types.conf").read_text(encoding="utf-8"), re.MULTILINE)

    assert {f".{ending}": kind for kind, ending in told} == {
        ending: kind.partition(";")[0] for ending, kind in MEDIA_TYPES.items()
    }
