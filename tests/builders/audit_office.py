"""The audit service's pages beside a real demo board, with a story of content in a real log: for tests and screenshots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pymongo import MongoClient

from infra.event_store import EVENTS, GENESIS, LogEntry, LogReader, create_log
from infra.event_store.commit import as_document, sealed
from infra.local.secret_store import DEMO_LOGINS
from infra.messaging.envelope import Envelope
from infra.read_store.positions import Positions
from infra.web.app import staff_site
from infra.web.house import House
from services.audit.bootstrap import AUDITED, PACKS, SECRETS, Desk, Hearing, Store, desk_over, hearing_over, logs_over
from services.audit.log.key import signer
from services.audit.packs.shelf import Shelf
from services.audit.ui.app import part
from services.board.bootstrap import Desk as BoardDesk
from services.board.bootstrap import desk_over as board_over
from services.board.bootstrap import projector_over
from services.board.demo import DemoProvince
from services.board.messages import PersonName
from services.board.ui.app import part as board_part
from tests.builders.audit import Telling, a_story
from tests.builders.board_in_memory import CHEAP, PROFILE

PASSWORDS = {login: f"Demo.{number}xYz.{number}!0000" for number, login in enumerate(DEMO_LOGINS)}


@dataclass
class AuditOffice:
    """Everything behind the pages; `hear` lets what has happened arrive, as the bus would."""

    board: BoardDesk
    desk: Desk
    hearing: Hearing
    logs: dict[str, Store]
    clock: Callable[[], Any]

    def hear(self) -> None:
        """Let every event that has not arrived yet arrive in the audit log."""
        positions = Positions(self.desk.store)
        for service in AUDITED:
            name = f"from.{service}"
            entries = LogReader(self.logs[service][EVENTS]).page(positions.get(name), 1_000)
            envelopes = [Envelope.from_entry(service, entry) for entry in entries]
            if envelopes:
                self.hearing.listening.react(envelopes)
                if service == "board":
                    self.hearing.board.react(envelopes)
                positions.advance(name, envelopes[-1].position)

    def site(self, address: str) -> FastAPI:
        """Return the pages of the board, which signs in, and of the audit service."""
        house = House(session_key="a key for tests", staff_url=address, clock=self.clock)
        return staff_site({"/board": board_part(self.board), "/audit": part(self.desk)}, house)


def audit_office(
    admin: MongoClient[dict[str, Any]], prefix: str, folder: Path, clock: Callable[[], Any]
) -> AuditOffice:
    """Found the demo board, tell the story of an item, and let all of it arrive."""
    logs = {service: admin[f"{prefix}_{service}_log"] for service in AUDITED}
    stores = {service: admin[f"{prefix}_{service}"] for service in AUDITED}
    for log in logs.values():
        create_log(log)
    board = board_over(logs["board"], stores["board"], PROFILE, CHEAP)
    DemoProvince(board.commands, PASSWORDS).load()
    projector = projector_over(logs["board"], stores["board"])
    while projector.step():
        pass
    opened = logs_over(logs, f"{prefix}/audit-log", folder)

    def names_of(accounts: Sequence[UUID]) -> Sequence[PersonName]:
        return [PersonName(person.account, person.name) for person in board.queries.people_of(accounts)]

    shelf = Shelf(stores["audit"], folder / PACKS)
    signs = signer(f"{prefix}/audit-log", folder / SECRETS)
    office = AuditOffice(
        board,
        desk_over(logs["audit"], shelf, opened, board.queries.records_of),
        hearing_over(logs["audit"], shelf, opened, signs, names_of),
        logs,
        clock,
    )
    telling = Telling(at=clock() - timedelta(days=2))
    a_story(telling)
    store(logs["content"], telling)
    office.hear()
    return office


def store(log: Store, telling: Telling) -> None:
    """Write what was told as a service's own log, one commit an event."""
    previous = GENESIS
    for told in telling.told:
        entry = LogEntry(told.position, told.subject, told.version, told.topic, told.state)
        commit = sealed(told.position, [entry], None, previous)
        log[EVENTS].insert_one(as_document(commit, told.subject.bytes, None))
        previous = commit.hash
