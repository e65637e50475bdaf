"""What is looked for in the audit log: read from a search, stored with whatever is taken away by it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; empty fields do not restrict. `since` and `until` are instants, `until` not included.

    `thing` is words of a title, the id of a thing, or an entry such as "content/42"; `kind` a topic or its beginning.
    `things` are the ids that `thing` stood for when something was taken away, None before that: names change later.
    """

    account: str = ""
    office: str = ""
    thing: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    refused: bool = False
    things: tuple[str, ...] | None = None

    def as_record(self) -> dict[str, str]:
        """Return what restricts, as an event stores it."""
        return {name: _written(value) for name, value in asdict(self).items() if value not in ("", None, False)}

    @classmethod
    def read(cls, record: Mapping[str, str]) -> Self:
        """Read what an event has stored."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in record.items() if name in known}
        for name in {"since", "until"} & values.keys():
            values[name] = datetime.fromisoformat(values[name])
        if "things" in values:
            values["things"] = tuple(values["things"].split())
        values["refused"] = "refused" in values
        return cls(**values)


def is_id(text: str) -> bool:
    """Tell whether what is looked for is the id of a thing."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(value)
    return "yes" if value is True else str(value)
