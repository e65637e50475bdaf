"""Every command in the runbook is one that there is, and every link in it leads somewhere."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CONTAINERS = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"])
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
TAKING_NAMES = "stop|kill|exec|logs|rm|run|up"


def anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


def anchors() -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#{2,3} (.+)$", RUNBOOK, re.MULTILINE)}


def test_every_target_of_make_is_one_that_there_is() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", re.sub(r"make what|make passwords", "", RUNBOOK)))

    assert len(named) >= 8
    assert named - TARGETS == set()


def test_every_module_that_is_run_is_one_that_there_is() -> None:
    named = set(re.findall(r"\bpython -m ([\w.]+)", RUNBOOK)) | set(re.findall(r"\binfra\.deploy\.\w+", RUNBOOK))

    assert len(named) >= 4
    assert {name for name in named if find_spec(name) is None} == set()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"docker-compose ([^`\n]+)", RUNBOOK))))
def test_every_container_that_a_command_names_is_one_that_there_is(line: str) -> None:
    words = [word for word in line.split() if not word.startswith("-")]
    if words[0] == "monitoring" or words[0] not in TAKING_NAMES.split("|"):
        return
    named = [word for word in words[1:] if re.fullmatch(r"[a-z]+\d?(-[a-z]+)?", word)]

    assert not named or set(named) & CONTAINERS or line.startswith("logs --tail"), line


def test_every_line_of_a_log_that_is_named_is_one_that_is_written() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "infra").rglob("*.py"))
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", RUNBOOK))

    assert len(named) >= 5
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_every_link_leads_to_a_section_and_every_file_is_there() -> None:
    links = set(re.findall(r"\]\(#([a-z0-9-]+)\)", RUNBOOK))
    files = set(re.findall(r"`((?:docs|infra|tests|profiles)/[\w./-]+)`", RUNBOOK))

    assert links - anchors() == set()
    assert {name for name in files if not (ROOT / name).exists() and not name.endswith((".conf", ".pem"))} == set()


def test_every_alert_has_its_section() -> None:
    rules = (ROOT / "infra" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"runbook_url: docs/operations\.md#([a-z0-9-]+)", rules))

    assert len(named) > 10
    assert named - anchors() == set()
