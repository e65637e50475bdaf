"""How far another log was handled, kept beside read rows: one document an upstream."""

from typing import Any

from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from infra.event_store.connection import CODEC, COMMITTED, DURABLE, Document
from infra.event_store.errors import translated


class PositionRecorder(TrackingRecorder):
    """Keeps `{_id: upstream, n: position}`; a position only ever grows."""

    def __init__(self, positions: Collection[Document], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.positions = positions.with_options(codec_options=CODEC, read_concern=COMMITTED, write_concern=DURABLE)

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record that an upstream position was handled; raises `IntegrityError` when it was handled before."""
        with translated():
            if not (self._advance(tracking) or self._advance(tracking)):
                raise IntegrityError(f"{tracking} was handled before")

    def _advance(self, tracking: Tracking) -> bool:
        """Tell whether the position was lower before; of two that are the first at once, one has to be asked again."""
        lower = {"_id": tracking.application_name, "n": {"$lt": tracking.notification_id}}
        try:
            self.positions.update_one(lower, {"$set": {"n": tracking.notification_id}}, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the last upstream position handled, None when none was."""
        with translated():
            found = self.positions.find_one({"_id": application_name})
        return None if found is None else int(found["n"])
