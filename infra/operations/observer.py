"""Looks at everything every few seconds: stores, broker, machine. What does not answer is told, and the rest goes on."""

from dataclasses import dataclass, replace
from pathlib import Path

from pymongo.errors import PyMongoError

from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger
from infra.metrics.dependencies import DEPENDENCIES, MONGODB, RABBITMQ
from infra.operations import machine
from infra.operations.broker import BrokerAwayError, BrokerEyes
from infra.operations.facts import Facts
from infra.operations.record import Observations
from infra.operations.stores import StoreEyes

log = get_logger("observer")


@dataclass(frozen=True, slots=True)
class Observer:
    """Brings together what each pair of eyes sees; `folder` is where the system writes."""

    stores: StoreEyes
    broker: BrokerEyes
    observations: Observations
    folder: Path
    clock: Clock = system_clock

    def look(self) -> Facts:
        """Return what is to be seen now, and keep it for the staff pages."""
        facts = self._with_stores(self._with_broker(self._of_machine()))
        for server, up in facts.up.items():
            DEPENDENCIES.note(server, there=up)
        if facts.up[MONGODB]:
            self._keep(facts)
        return facts

    def _of_machine(self) -> Facts:
        return Facts(
            at=self.clock(),
            up={},
            disk=machine.disk(self.folder),
            processes=machine.processes(self.folder),
            backup=machine.backup(self.folder),
        )

    def _with_broker(self, facts: Facts) -> Facts:
        try:
            return replace(facts, up={**facts.up, RABBITMQ: True}, queues=self.broker.queues())
        except BrokerAwayError:
            return replace(facts, up={**facts.up, RABBITMQ: False})

    def _with_stores(self, facts: Facts) -> Facts:
        try:
            logs = self.stores.logs(facts.at)
            return replace(
                facts,
                up={**facts.up, MONGODB: True},
                logs=logs,
                lags=self.stores.lags(logs, facts.at),
                parked=self.stores.parked(),
                verification=self.stores.verification(facts.at),
            )
        except PyMongoError:
            return replace(facts, up={**facts.up, MONGODB: False})

    def _keep(self, facts: Facts) -> None:
        try:
            self.observations.keep(facts)
        except PyMongoError as away:
            log.warning("observation_not_kept", reason=str(away))
