import gzip
import socket
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import httpx
import pytest
from starlette.responses import PlainTextResponse

from gateway.baked import CURRENT, BakedPages
from gateway.kept import Kept
from gateway.pages.rendering import Renderer
from gateway.press.baking import bake
from gateway.press.folder import SiteFolder
from tests.builders.newsroom.serving import served
from tests.builders.waiting import until
from tests.web.gateway.conftest import baked_site

PLAIN = {"accept-encoding": "identity"}
FILE = "ab" * 32


def test_the_root_leads_to_the_vietnamese_home_page(portal: httpx.Client) -> None:
    answer = portal.get("/")

    assert (answer.status_code, answer.headers["location"]) == (302, "/vi/")


def test_a_page_comes_byte_for_byte_as_it_was_baked(portal: httpx.Client, site_dir: Path) -> None:
    answer = portal.get("/vi/", headers=PLAIN)

    assert answer.content == (site_dir / CURRENT / "vi/index.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0", None),
        ("GZIP", "gzip"),
        ("identity", None),
        ("brotli", None),
        ("", None),
    ],
)
def test_the_best_encoding_that_the_reader_accepts_is_sent(
    portal: httpx.Client, accepted: str, encoding: str | None
) -> None:
    answer = portal.get("/vi/", headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "accept-encoding"
    assert "<!doctype html>" in answer.text


def test_the_compressed_twins_hold_the_same_page(site_dir: Path) -> None:
    page = site_dir / CURRENT / "vi/index.html"

    assert gzip.decompress(Path(f"{page}.gz").read_bytes()) == page.read_bytes()
    assert brotli.decompress(Path(f"{page}.br").read_bytes()) == page.read_bytes()


@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"other", {etag}', "*"])
def test_what_the_reader_has_already_is_not_sent_again(portal: httpx.Client, known: str) -> None:
    etag = portal.get("/vi/").headers["etag"]
    answer = portal.get("/vi/", headers={"if-none-match": known.format(etag=etag)})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_another_etag_brings_the_page(portal: httpx.Client) -> None:
    assert portal.get("/vi/", headers={"if-none-match": '"other"'}).status_code == 200


def test_each_encoding_has_an_etag_of_its_own(portal: httpx.Client) -> None:
    etags = {
        portal.get("/vi/", headers={"accept-encoding": each}).headers["etag"] for each in ("br", "gzip", "identity")
    }

    assert len(etags) == 3


def test_head_tells_the_same_without_the_page(portal: httpx.Client) -> None:
    page, head = portal.get("/vi/"), portal.head("/vi/")

    assert head.content == b""
    assert head.headers["content-length"] == page.headers["content-length"]
    assert head.headers["etag"] == page.headers["etag"]


def test_nothing_can_be_posted_to_a_page(portal: httpx.Client) -> None:
    answer = portal.post("/vi/")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_page_that_is_baked_anew_is_served_at_once(portal: httpx.Client, site_dir: Path) -> None:
    portal.get("/vi/")
    bake(site_dir / CURRENT, [("/vi/", b"<!doctype html>new")])

    until(lambda: portal.get("/vi/").text == "<!doctype html>new", timeout_s=1)


def test_another_set_of_pages_is_served_at_once(tmp_path: Path) -> None:
    folder = SiteFolder(tmp_path)

    def switched(words: bytes) -> None:
        edition = folder.begin("design")
        bake(edition, [("/vi/", words), ("/en/", words)])
        folder.switch(edition, 0)

    switched(b"<!doctype html>one")
    with served(lambda _: BakedPages(PlainTextResponse("live"), tmp_path)) as address:
        assert httpx.get(f"{address}/vi/").text == "<!doctype html>one"
        switched(b"<!doctype html>two")
        until(lambda: httpx.get(f"{address}/vi/").text == "<!doctype html>two", timeout_s=1)


@pytest.mark.parametrize(
    "path",
    [
        *("/vi/nothing", "/vi/tin-tuc/nothing", "/en/tin-tuc/page/99", "/feeds/none.vi.atom", "/x"),
        *(f"/vi/{'x' * 300}", f"/files/{FILE}/download/{'x' * 300}"),
    ],
)
def test_where_there_is_nothing_a_page_says_so_in_the_readers_language(portal: httpx.Client, path: str) -> None:
    answer = portal.get(path)

    assert answer.status_code == 404
    assert ("There is no such page" if path.startswith("/en/") else "Không có trang này") in answer.text


def test_an_address_without_its_last_slash_leads_to_the_list(portal: httpx.Client) -> None:
    for address in ("/vi", "/en", "/vi/tin-tuc"):
        answer = portal.get(address)
        assert (answer.status_code, answer.headers["location"]) == (308, f"{address}/")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/vi/../../../etc/passwd",
        "/vi/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/vi/..%5csecret.txt",
        "/.design",
        "/vi/.hidden",
        "//etc/passwd",
        "/vi//",
        "/files/../secret.txt",
        f"/files/{FILE}/download/..%2f..%2f..%2fsecret.txt",
        f"/files/{FILE}/download/..",
        f"/files/{FILE}/download/%2e%2e",
        f"/files/{FILE}/download/a%00b",
        f"/files/{FILE}/picture.html",
        "/vi/index.html",
        "/vi/index.html.gz",
        "/vi/index.html.br",
        "/%00",
    ],
)
def test_no_address_leads_out_of_the_baked_folder(portal: httpx.Client, site_dir: Path, path: str) -> None:
    (site_dir / "secret.txt").write_text("secret")
    (site_dir / CURRENT / ".design").write_text("secret")
    (site_dir / CURRENT / "vi/.hidden.html").write_text("secret")

    status, body = raw_get(portal, path)

    assert status == 404
    assert b"secret" not in body
    assert b"root:" not in body


def test_what_cannot_be_baked_goes_to_the_application(portal: httpx.Client) -> None:
    for path in ("/api/v1/articles", "/vi/search?q=a", "/en/search", "/healthz", "/readyz", "/openapi.json", "/docs"):
        assert portal.get(path).text == "live", path
    assert portal.post("/api/v1/articles").text == "live"


def test_every_answer_forbids_what_our_pages_never_do(portal: httpx.Client) -> None:
    for path in ("/", "/vi/", "/vi/nothing", "/vi"):
        headers = portal.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_static_files_are_kept_for_ever_since_their_names_change_with_them(
    portal: httpx.Client, renderer: Renderer
) -> None:
    answer = portal.get(renderer.site.assets["site.css"])

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_attachment_is_saved_under_its_vietnamese_name_and_can_be_resumed(
    portal: httpx.Client, site_dir: Path
) -> None:
    file = site_dir / "files" / FILE / "download" / "Quyết định.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF" + bytes(range(256)) * 4096)

    whole = portal.get(f"/files/{FILE}/download/Quyết định.pdf")
    part = portal.get(f"/files/{FILE}/download/Quyết định.pdf", headers={"range": "bytes=4-7"})

    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.content == file.read_bytes()
    assert (part.status_code, part.content) == (206, bytes([0, 1, 2, 3]))


@pytest.mark.parametrize("size", [1_000, 700_000])
def test_a_picture_is_shown_as_a_picture_whether_small_or_large(
    portal: httpx.Client, site_dir: Path, size: int
) -> None:
    file = site_dir / "files" / FILE / "picture.webp"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"w" * size)

    answer = portal.get(f"/files/{FILE}/picture.webp")

    assert (answer.headers["content-type"], len(answer.content)) == ("image/webp", size)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_before_anything_is_baked_the_portal_asks_for_patience(tmp_path: Path) -> None:
    pages = BakedPages(PlainTextResponse("live"), tmp_path)
    with served(lambda _: pages) as address:
        answer = httpx.get(f"{address}/vi/")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert not pages.servable()


def test_memory_is_bounded(tmp_path: Path) -> None:
    kept = Kept(10_000, ())
    for number in range(50):
        bake(tmp_path, [(f"/vi/{number}", bytes(1_000))])
        assert kept.read(f"/vi/{number}", tmp_path / f"vi/{number}.html")
        assert kept.bytes <= 10_000

    assert kept.get("/vi/0") is None
    assert kept.get("/vi/49") is not None


def test_everything_that_a_page_loads_is_there(portal: httpx.Client, renderer: Renderer, site_dir: Path) -> None:
    baked_site(site_dir, renderer)
    for address in renderer.site.assets.addresses.values():
        assert portal.get(address).status_code == 200


def raw_get(portal: httpx.Client, path: str) -> tuple[int, bytes]:
    """Sends an address as it is: clients tidy dots away."""
    with socket.create_connection((portal.base_url.host, portal.base_url.port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(received.split(b" ", 2)[1]), received
