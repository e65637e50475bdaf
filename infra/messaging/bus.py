"""The bus door of a service: `python -m infra.messaging.bus services.board.service:BoardService`."""

import logging
import signal
import sys
import warnings
from importlib import import_module
from typing import Any

STOP_TIMEOUT_S = 12
_CALLS_AT_ONCE = 32


def main(path: str) -> int:
    """Run the service class that `module:Class` names, until SIGTERM or SIGINT; returns 1 when it died."""
    _turn_green()
    from infra.logs import configure, get_logger
    from infra.metrics.dependencies import watch_store
    from infra.metrics.serving import serve
    from infra.settings import ServiceSettings, Settings

    module, _, name = path.partition(":")
    service = getattr(import_module(module), name)
    configure(f"bus.{service.name}")
    serve(Settings())
    watch_store(ServiceSettings.load(service.name).mongo_url)
    _configure_nameko(service.name)
    log = get_logger("bus")
    try:
        _serve(service)
    except Exception:
        log.exception("process_died", service=service.name)
        return 1
    log.info("process_stopped", service=service.name)
    return 0


def _turn_green() -> None:
    """Let eventlet replace threads, sockets and sleep, before anything else is imported that uses them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet
    eventlet.monkey_patch()


def _configure_nameko(service: str) -> None:
    from nameko import config

    from infra.messaging.connecting import HEARTBEAT_S
    from infra.settings import ServiceSettings

    config["AMQP_URI"] = ServiceSettings.load(service).amqp_url
    config["HEARTBEAT"] = HEARTBEAT_S
    config["PREFETCH_COUNT"] = config["max_workers"] = _CALLS_AT_ONCE
    logging.getLogger("nameko").setLevel(logging.WARNING)
    # Crashes of calls and reactions are logged where they end, once.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    logging.getLogger("kombu").setLevel(logging.ERROR)


def _serve(service: type[Any]) -> None:
    import eventlet
    from nameko.containers import ServiceContainer

    container = ServiceContainer(service)

    def stop() -> None:
        with eventlet.Timeout(STOP_TIMEOUT_S, exception=False):
            container.stop()
        container.kill()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: eventlet.spawn_n(stop))
    eventlet.spawn_n(_start, container)
    _wait(container)


def _start(container: Any) -> None:
    """Start, which waits for the broker."""
    from infra.logs import PROCESS_READY, get_logger

    try:
        container.start()
    except Exception:  # noqa: BLE001 - told on by the container to whoever waits for it
        container.kill(sys.exc_info())
    else:
        get_logger("bus").info(PROCESS_READY, service=container.service_name)


def _wait(container: Any) -> None:
    """Wait until the container has ended; raises what killed it. A signal interrupts waiting, not the service."""
    while True:
        try:
            container.wait()
        except InterruptedError:
            continue
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
