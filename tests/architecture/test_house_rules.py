"""Rules of the house that no linter knows."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import ServiceSettings, Settings, WebSettings

ROOT = Path(__file__).parents[2]
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
TEXTS = (".py", ".md", ".toml", ".txt", ".in", ".yml", ".html", ".css", ".js", ".po", ".sh", "Makefile", "run")
OUTSIDE = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|/(?:work|farm|root)/")
IN_TESTS = re.compile(r"\btime\.sleep\(|mock\.patch|pytest\.skip\(|mark\.(?:skip|xfail)")
NOT_NAMED = {"utils", "helpers", "common", "manager", "misc", "base", "core"}


def texts(*endings: str) -> Iterator[tuple[str, str]]:
    for name in TRACKED:
        if name.endswith(endings) and "/vendor/" not in name and (ROOT / name).is_file():
            yield name, (ROOT / name).read_text(encoding="utf-8")


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_kept() -> None:
    found = [
        name
        for name, text in texts(*TEXTS)
        if OUTSIDE.search(text) and name != "tests/architecture/test_house_rules.py"
    ]

    assert found == []


def test_tests_wait_for_conditions_and_never_look_away() -> None:
    found = [
        f"{name}: {match.group(0)}"
        for name, text in texts(".py")
        if name.startswith("tests/") and name != "tests/architecture/test_house_rules.py"
        for match in IN_TESTS.finditer(text)
    ]

    assert found == []


def test_no_module_is_named_for_nothing() -> None:
    parts = {part.removesuffix(".py") for name in TRACKED if name.endswith(".py") for part in name.split("/")}

    assert parts & NOT_NAMED == set()


@pytest.mark.parametrize("settings", [Settings, WebSettings, ServiceSettings])
def test_every_setting_says_what_it_is(settings: type[Settings]) -> None:
    assert [name for name, field in settings.model_fields.items() if not field.description] == []


def test_everything_vendored_has_its_licence_beside_it() -> None:
    folders = {
        name.rpartition("/vendor/")[0] + "/vendor/" + name.split("/vendor/")[1].split("/")[0]
        for name in TRACKED
        if "/vendor/" in name
    }

    assert folders
    assert [folder for folder in sorted(folders) if not any((ROOT / folder).glob("LICEN[CS]E*"))] == []


def test_locks_are_complete() -> None:
    for name, text in texts(".txt"):
        if name.startswith("requirements/"):
            pinned = re.findall(r"^[a-z0-9_.\[\]-]+==\S+", text, re.MULTILINE | re.IGNORECASE)
            assert len(pinned) > 20
            assert text.count("--hash=sha256:") >= len(pinned)
