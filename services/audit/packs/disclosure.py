"""What of an event a pack shows: its whole data, or only that it is there.

Events hold no personal data by construction: people are keys and salted hashes. Words that somebody typed, such as a
reason or a title, may name people all the same. So where the purpose needs no names, data with such words are left out
and their hash stays in the leaf; what anybody may read on the portal is shown in any case.
"""

import json
from collections.abc import Mapping
from typing import Any

from services.content.messages import PUBLIC_TOPICS

# fmt: off
WORDLESS = frozenset({
    "account", "act", "appointment", "attestations", "capacity", "clause", "code", "command", "content_hash",
    "decided_on", "decision", "engagement", "entries", "events", "failures", "favourable", "giver", "intact", "limit",
    "norm", "number", "of_unit", "originator_topic", "people", "person_hash", "place", "profile", "receiver", "root",
    "scope", "sensitivity", "session", "sha256", "since", "size", "subject", "timestamp", "to_step", "unit", "until",
})
# fmt: on
"""Fields whose values are ids, hashes, instants, numbers, or words of a closed list. A field that is not here counts as
somebody's words, so that a new one stays inside until it is listed."""


def disclosed(topic: str, state: bytes, *, named: bool) -> str | None:
    """Return the data of an event as a pack shows them, byte for byte as they are stored; None where they stay inside."""
    if named or topic in PUBLIC_TOPICS or _is_wordless(_fields(state)):
        return state.decode()
    return None


def instant_of(state: bytes) -> str:
    """Return when the event happened, as it says; empty where it does not."""
    said = _fields(state).get("timestamp", "")
    return said if isinstance(said, str) else ""


def _is_wordless(fields: Mapping[str, Any]) -> bool:
    return fields.keys() <= WORDLESS


def _fields(state: bytes) -> Mapping[str, Any]:
    read = json.loads(state)
    return read if isinstance(read, dict) else {"": read}
