"""Writes `docs/messages.md` from the golden files: `python -m tests.contracts.messages_page`."""

import json
from importlib import import_module
from pathlib import Path

CONTRACTS = Path(__file__).parent
PAGE = CONTRACTS.parents[1] / "docs" / "messages.md"
SERVICES = ("audit", "board", "content")
SHARED = {"act", "clause", "originator_topic", "timestamp"}
HEAD = """# Messages

Every event that a service tells, on the exchange `<service>.events`, as a CloudEvent 1.0 whose `type` is the topic and whose `data` has the fields
below. The number of its `version` is that of `class_version` in the fields, where absent means 1; new fields come without a new version. Each has besides: `timestamp`; `act` with `account`, `capacity`, `on_behalf_of`, `delegation`, `correlation`; `clause`. Public topics stand on
`portal.public` too. An example of each is its golden file in `tests/contracts/`. This page is written by `python -m tests.contracts.messages_page`.
"""


def page() -> str:
    """Return the page as it should be."""
    return HEAD + "".join(f"\n## {service}\n\n{_table(service)}" for service in SERVICES)


def _table(service: str) -> str:
    public = import_module(f"services.{service}.messages").PUBLIC_TOPICS
    rows = [_row(golden, public) for golden in sorted((CONTRACTS / service).glob("*.json"))]
    return "| topic | version | public | fields |\n|---|---|---|---|\n" + "".join(rows)


def _row(golden: Path, public: tuple[str, ...]) -> str:
    topic, _, version = golden.stem.rpartition(".v")
    fields = sorted(json.loads(golden.read_text(encoding="utf-8")).keys() - SHARED)
    named = ", ".join(f"`{name}`" for name in fields) or "–"
    return f"| `{topic}` | {version} | {'yes' if topic in public else ''} | {named} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
