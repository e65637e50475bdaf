"""Alert rules and dashboard: they say what they should, about figures that there really are, with a way out for each."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from infra.local.places import ROOT
from infra.local.processes import PROCESSES
from infra.local.stack import Stack
from tests.builders.staff import Staff

MONITORING = ROOT / "infra" / "monitoring"
RULES = [
    rule
    for group in yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
TESTED = yaml.safe_load((MONITORING / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
DASHBOARD: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
OPERATIONS = ROOT / "docs" / "operations.md"
METRIC = re.compile(r"\b(?:portal|process)_[a-z_]+")
ENDINGS = ("", "_total", "_bucket", "_count", "_sum")
BY_ALERT = pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=MONITORING, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "alerts_test.yml")],
    ids=["rules", "configuration", "when-they-fire"],
)
def test_prometheus_itself_finds_nothing_wrong(arguments: tuple[str, ...]) -> None:
    told = promtool(*arguments)

    assert told.returncode == 0, told.stdout + told.stderr


@BY_ALERT
def test_each_alert_is_tested_both_when_it_fires_and_when_not(rule: dict[str, Any]) -> None:
    (tested,) = (case for case in TESTED if case["name"] == rule["alert"])

    assert {bool(step["exp_samples"]) for step in tested["promql_expr_test"]} == {True, False}


@BY_ALERT
def test_each_alert_says_how_bad_it_is_and_what_happens_in_both_languages(rule: dict[str, Any]) -> None:
    said = rule["annotations"]

    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert re.search(r"[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]", said["summary_vi"])
    assert said["summary_en"].isascii()


@BY_ALERT
def test_each_alert_has_its_place_in_the_runbook(rule: dict[str, Any]) -> None:
    file, _, anchor = rule["annotations"]["runbook_url"].partition("#")

    assert ROOT / file == OPERATIONS
    assert anchor in anchors(OPERATIONS)


def test_every_panel_is_named_and_asks_something() -> None:
    panels = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]

    assert len(panels) >= 15
    assert all(panel["title"] and all(target["expr"] for target in panel["targets"]) for panel in panels)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert not overlapping(panels)


def test_every_panel_asks_the_data_source_that_is_chosen_and_none_is_asked_for_when_it_is_loaded() -> None:
    """What a file says of `__inputs` is asked of whoever imports it by hand, and of nobody where it is provided (decision 0090)."""
    (chosen,) = DASHBOARD["templating"]["list"]
    panels = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
    asked = [each["datasource"] for panel in panels for each in (panel, *panel["targets"])]

    assert "__inputs" not in DASHBOARD
    assert (chosen["type"], chosen["query"]) == ("datasource", "prometheus")
    assert asked == [{"type": "prometheus", "uid": f"${{{chosen['name']}}}"}] * len(asked)


@pytest.mark.servers
def test_every_figure_that_is_asked_for_is_told_by_the_running_system(portal: Stack) -> None:
    with Staff(portal, "tech1"):
        told = set(names_told(portal))

    asked = {name for text in questions() for name in METRIC.findall(text)}

    assert asked
    assert sorted(asked - told) == []


@pytest.mark.servers
def test_the_process_in_which_somebody_signs_in_tells_how_long_saving_took(portal: Stack) -> None:
    before = commits(portal, "staff", "board")

    with Staff(portal, "tech1"):
        assert commits(portal, "staff", "board") == before + 1


@pytest.mark.servers
def test_no_process_tells_of_itself_on_a_public_port(portal: Stack) -> None:
    for address in (portal.public_url, portal.staff_url):
        assert httpx.get(f"{address}/metrics").status_code == 404


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: those written down, and those of headings as GitHub makes them."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return set(re.findall(r'<a id="([^"]+)">', text)) | {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings
    }


def questions() -> list[str]:
    """Return every expression of rules and dashboard."""
    panels = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
    return [rule["expr"] for rule in RULES] + [target["expr"] for panel in panels for target in panel["targets"]]


def told_by(stack: Stack, process: str) -> list[Metric]:
    """Return all metrics that a process tells."""
    targets = json.loads(stack.places.metrics.read_text(encoding="ascii"))
    (address,) = (target["targets"][0] for target in targets if target["labels"]["process"] == process)
    return list(text_string_to_metric_families(httpx.get(f"http://{address}/metrics").text))


def commits(stack: Stack, process: str, service: str) -> float:
    """Return how many saves into a service's log a process has timed."""
    wanted = ("portal_commit_seconds_count", {"service": service})
    samples = [sample for family in told_by(stack, process) for sample in family.samples]
    return sum(sample.value for sample in samples if (sample.name, sample.labels) == wanted)


def names_told(stack: Stack) -> list[str]:
    """Return the names of all metrics that any process of the system tells."""
    families = [family for process in PROCESSES for family in told_by(stack, process.name)]
    return [family.name + ending for family in families for ending in ENDINGS]


def overlapping(panels: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the places that two panels want."""
    taken: list[tuple[int, int]] = []
    for panel in panels:
        at = panel["gridPos"]
        taken += [(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
    return [place for place in set(taken) if taken.count(place) > 1]
