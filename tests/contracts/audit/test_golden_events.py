"""Every event of the audit service that was ever stored can be read for ever, and is spelled as it was."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import Mapper, StoredEvent

from infra.event_store.transcoder import CanonicalTranscoder
from infra.kernel.canonical import canonical_json
from services.audit import messages
from services.audit.domain.attempt import Attempt
from services.audit.domain.export import Export
from services.audit.domain.inspection import Inspection
from services.audit.domain.log_key import LogKey
from services.audit.domain.pack import Pack
from services.audit.domain.tampering import Tampering

GOLDEN = sorted(Path(__file__).parent.glob("*.json"))
TOPICS = {
    Attempt.Refused.TOPIC,
    Export.Made.TOPIC,
    Inspection.Finished.TOPIC,
    LogKey.Rotated.TOPIC,
    Pack.Ordered.TOPIC,
    Pack.Sealed.TOPIC,
    Tampering.Found.TOPIC,
}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_stored_event_loads_and_is_spelled_again_byte_for_byte(golden: Path) -> None:
    stored = canonical_json(json.loads(golden.read_text(encoding="utf-8")))
    mapper: Mapper[UUID] = Mapper(CanonicalTranscoder())

    event = mapper.to_domain_event(StoredEvent(UUID(int=5), 1, golden.stem.rpartition(".v")[0], stored))

    assert mapper.to_stored_event(event).state == stored


def test_every_event_has_a_golden_file_and_is_told_to_others() -> None:
    assert {path.stem.rpartition(".v")[0] for path in GOLDEN} == TOPICS
    told = {messages.EXPORT_MADE, messages.INSPECTION_FINISHED, messages.ATTEMPT_REFUSED}
    assert (
        told | {messages.PACK_ORDERED, messages.PACK_SEALED, messages.KEY_ROTATED, messages.TAMPERING_FOUND} == TOPICS
    )
