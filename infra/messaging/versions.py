"""Which versions of events a reader understands: what it does not understand it must not guess at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.messaging.envelope import FIRST_VERSION, Envelope
from infra.messaging.errors import UnknownVersion


@dataclass(frozen=True, slots=True)
class Versions:
    """The newest version that a reader understands of each topic; of a topic that is not named, the first.

    `Versions()` suits events none of which has changed yet; `Versions({"content.article.published": 2})` names those
    that have. A new *field* is no new version: readers pass over fields that they do not know.
    """

    newest: Mapping[str, int] = field(default_factory=dict)
    every: bool = False

    def expect(self, envelopes: Sequence[Envelope]) -> None:
        """Raise `UnknownVersion` when an event is of a version that came after this reader was written."""
        for envelope in envelopes:
            newest = self.newest.get(envelope.topic, FIRST_VERSION)
            if envelope.schema > newest and not self.every:
                raise UnknownVersion(f"{envelope.topic} in version {envelope.schema}; understood up to {newest}")


EVERY_VERSION = Versions(every=True)
"""For readers that keep events as they are and need not understand them."""
