"""The process that observes the whole system, for Prometheus and for the staff pages: `python -m infra.metrics`.

It looks from outside, so that what a dead process has left undone still shows.
"""

import signal
import sys
from threading import Event

from prometheus_client import REGISTRY

from infra.logs import PROCESS_READY, configure, get_logger
from infra.metrics.exporting import FactsCollector, SurroundingsCollector
from infra.metrics.serving import serve
from infra.operations.around import Around, Surroundings
from infra.operations.broker import BrokerEyes
from infra.operations.facts import Facts
from infra.operations.observer import Observer
from infra.operations.record import DATABASE, OBSERVED, Observations
from infra.operations.stores import StoreEyes, opened
from infra.read_store.seal import MONITOR_SECRET, Seal
from infra.settings import Settings, required

LOOK_EVERY_S = 5.0

log = get_logger("observer")


def eyes_of(settings: Settings) -> tuple[Observer, Around]:
    """Build what looks, with the observer's own users of both servers; raises `MissingSettingError`."""
    client, prefix = opened(required("OBSERVER_MONGO_URL")), settings.database_prefix
    broker = BrokerEyes(required("OBSERVER_MANAGEMENT_URL"))
    observer = Observer(
        stores=StoreEyes(client, prefix, Seal(settings.var_dir / MONITOR_SECRET)),
        broker=broker,
        observations=Observations(client[f"{prefix}_{DATABASE}"][OBSERVED]),
        folder=settings.var_dir,
    )
    return observer, Around(client, broker, settings.public_url)


def observe(observer: Observer, around: Around, stop: Event) -> None:
    """Look until told to stop; each scrape is answered with the last look."""
    last: tuple[Facts, Surroundings] = observer.look(), around.look()
    REGISTRY.register(FactsCollector(lambda: last[0]))
    REGISTRY.register(SurroundingsCollector(lambda: last[1]))
    log.info(PROCESS_READY)
    while not stop.wait(LOOK_EVERY_S):
        last = observer.look(), around.look()


def main() -> int:
    """Observe until SIGTERM or SIGINT."""
    configure("metrics")
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    settings = Settings()
    serve(settings)
    observe(*eyes_of(settings), stop)
    log.info("process_stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
