from typing import Any

import httpx
import pytest

from infra.kernel.canonical import content_hash
from infra.messaging.errors import RemoteFault, RpcTimeout, RpcUnavailable
from tests.builders.markup import Page
from tests.builders.published import an_id, an_item
from tests.integration.gateway.conftest import CHECKPOINT, ORIGIN, PROOF, TOLD, Auditor, Works

pytestmark = pytest.mark.servers


def test_items_come_newest_first_with_all_that_must_be_named(reader: httpx.Client) -> None:
    answer = reader.get("/api/v1/articles").json()

    assert [item["title"]["vi"] for item in answer["items"]] == ["Quy chế", "Khởi công cầu Đồng Xoài"]
    assert (answer["total"], answer["page"], answer["next"]) == (2, 1, None)
    for name in (
        "author",
        "source",
        "publisher",
        "first_published",
        "last_changed",
        "licence",
        "content_hash",
        "log_entry",
    ):
        assert answer["items"][1][name], name


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lang=en", ["bridge"]),
        ("section=van-ban-phap-luat", ["law"]),
        ("section=none", []),
        ("q=cau dong xoai", ["bridge"]),
        ("q=cầu Đồng Xoài", ["bridge"]),
        ("q=bridge&lang=en", ["bridge"]),
        ("q=quy che", []),
        ("page=2", []),
    ],
)
def test_items_can_be_narrowed_and_sought(reader: httpx.Client, query: str, found: list[str]) -> None:
    items = reader.get(f"/api/v1/articles?{query}").json()["items"]

    assert [item["id"] for item in items] == [str(an_id(name)) for name in found]


def test_an_item_has_its_content_and_its_whole_history(reader: httpx.Client) -> None:
    item = reader.get(f"/api/v1/articles/{an_id('bridge')}").json()

    assert content_hash(item["content"]) == item["content_hash"]
    assert [told["log_entry"] for told in item["history"]] == ["content/1", "content/5"]
    assert [content_hash(told["content"]) == told["content_hash"] for told in item["history"]] == [True, True]
    assert (item["history"][1]["by"], item["history"][1]["on_behalf_of"]) == ("secretary", "standing-deputy")
    assert item["history"][1]["decision"] == "12/QĐ-STTTT"
    assert item["proof"] == f"{ORIGIN}/api/v1/log/proof?entry=content/5"


def test_a_withdrawn_item_is_marked_and_explained(reader: httpx.Client) -> None:
    item = reader.get(f"/api/v1/articles/{an_id('law')}").json()

    assert item["withdrawn"] is True
    assert item["history"][-1]["kind"] == "withdrawal"
    assert item["history"][-1]["note"] == {"vi": "Số liệu chưa được kiểm tra."}


def test_sections_come_in_the_order_of_the_menu(reader: httpx.Client) -> None:
    slugs = [section["slug"] for section in reader.get("/api/v1/sections").json()["items"]]

    assert slugs[:3] == ["tin-tuc", "chi-dao-dieu-hanh", "van-ban-phap-luat"]


def test_public_events_come_in_order_as_cloudevents(reader: httpx.Client) -> None:
    first = reader.get("/api/v1/events?limit=2").json()
    rest = reader.get(first["next"].removeprefix(ORIGIN)).json()

    assert [event["id"] for event in first["events"]] == ["content/1", "content/2"]
    assert [event["id"] for event in rest["events"]] == ["content/5", "content/9"]
    assert first["events"][0]["specversion"] == "1.0"
    assert reader.get("/api/v1/events?after=content/9").json() == {"events": [], "next": None}


def test_the_log_answers_with_its_head_and_with_proofs(reader: httpx.Client) -> None:
    assert reader.get("/api/v1/log/checkpoint").json() == CHECKPOINT
    assert reader.get("/api/v1/log/proof?entry=content/1").json() == PROOF


def test_what_is_not_in_the_log_is_a_problem_404(reader: httpx.Client) -> None:
    assert_problem(reader.get("/api/v1/log/proof?entry=content/99"), 404)


@pytest.mark.parametrize("entry", ["content/3", "board/1", "audit/1"])
def test_an_event_that_is_not_public_is_proven_to_nobody_out_here(
    reader: httpx.Client, auditor: Auditor, entry: str
) -> None:
    asked = len(auditor.asked)

    assert_problem(reader.get(f"/api/v1/log/proof?entry={entry}"), 404)
    assert len(auditor.asked) == asked


@pytest.mark.parametrize("failure", [RpcUnavailable("x"), RpcTimeout("x"), RemoteFault("KeyError", "secret")])
def test_a_log_that_cannot_be_asked_is_a_problem_503(
    reader: httpx.Client, auditor: Auditor, failure: Exception
) -> None:
    auditor.answers["checkpoint"] = failure

    answer = reader.get("/api/v1/log/checkpoint")

    assert_problem(answer, 503)
    assert "secret" not in answer.text
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        "articles?page=0",
        "articles?page=x",
        "articles?page=99999999999999999999",
        "articles?lang=fr",
        "articles?q=" + "x" * 201,
        "events?after=-1",
        'events?after={"$gt":0}',
        "events?limit=0",
        "events?limit=100000",
        "log/proof",
        "log/consistency?old=0&new=1",
        "log/receipt",
        "log/proof?entry=../../etc",
        "log/proof?entry=content/0",
    ],
)
def test_a_wrong_parameter_is_a_problem_that_names_it(reader: httpx.Client, path: str) -> None:
    problem = assert_problem(reader.get(f"/api/v1/{path}"), 400)

    assert problem["errors"][0]["name"] in path + "entry"


@pytest.mark.parametrize("path", ["articles/not-a-uuid", f"articles/{an_id('unknown')}", "nothing", ""])
def test_what_is_not_there_is_a_problem_404(reader: httpx.Client, path: str) -> None:
    assert_problem(reader.get(f"/api/v1/{path}"), 404)


def test_nothing_can_be_changed_through_the_api(reader: httpx.Client) -> None:
    assert_problem(reader.post("/api/v1/articles"), 405)


def test_any_web_page_may_ask(reader: httpx.Client) -> None:
    answer = reader.get("/api/v1/sections", headers={"origin": "https://elsewhere.example"})

    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_api_describes_itself_with_examples_and_without_foreign_scripts(reader: httpx.Client) -> None:
    schema = reader.get("/openapi.json").json()
    page = Page(reader.get("/docs").content)

    operations = {
        "articles",
        "articles/{article}",
        "sections",
        "events",
        "events/stream",
        "log/checkpoint",
        "log/proof",
        "log/consistency",
        "log/receipt",
    }
    assert {path.removeprefix("/api/v1/") for path in schema["paths"]} == operations
    assert schema["components"]["schemas"]["Summary"]["examples"]
    assert all("422" not in operation["responses"] for path in schema["paths"].values() for operation in path.values())
    assert all(address.startswith(("/", "#", "mailto:")) for address in page.addresses)


def test_search_finds_with_and_without_accents_and_stays_out_of_search_engines(reader: httpx.Client) -> None:
    for language, words in (("vi", "cầu đồng xoài"), ("vi", "cau dong xoai"), ("en", "bridge")):
        page = Page(reader.get(f"/{language}/search", params={"q": words}).content)
        assert an_item(TOLD[0]).address(language) in page.addresses
        assert page.meta("robots") == "noindex, nofollow"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("", 200),
        ("nowhere", 200),
        ("???", 400),
        ("x" * 201, 400),
        ("<script>alert(1)</script>", 200),
        ('{"$ne":1}', 200),
        ("{{7*7}}", 200),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_search_gets_a_whole_page(reader: httpx.Client, language: str, words: str, status: int) -> None:
    answer = reader.get(f"/{language}/search", params={"q": words, "page": "x"})

    assert answer.status_code == status
    assert Page(answer.content).all("html")[0]["lang"] == language
    assert "<script>alert" not in answer.text


def test_readiness_names_what_is_missing_and_depends_on_pages_only(
    reader: httpx.Client, auditor: Auditor, works: Works
) -> None:
    assert reader.get("/readyz").json() == {
        "ready": True,
        "missing": [],
        "since": {},
        "checks": dict.fromkeys(("pages", "search", "mongodb", "rabbitmq"), True),
    }
    auditor.is_connected = False
    assert (reader.get("/readyz").status_code, reader.get("/readyz").json()["missing"]) == (200, ["rabbitmq"])

    (works.site_dir / "current").unlink()

    answer = reader.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["pages", "rabbitmq"])
    assert reader.get("/healthz").json() == {"alive": True}


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "detail"} <= set(problem)
    return problem
