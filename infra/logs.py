"""One JSON line on standard output for everything worth telling, with the correlation id of what caused it."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor

from infra.settings import Settings

PROCESS_READY = "process_ready"
"""Logged once by every process as soon as it can serve; the runner waits for it."""

_SILENT = ("pika",)
"""Tells of each failed attempt to connect seven times; `infra.messaging` tells of an outage once."""
_QUIET = ("uvicorn.access", "uvicorn.error", "pymongo", "amqp", "kombu", "asyncio", "httpx")
"""Libraries whose chatter would drown ours, or would name readers' addresses."""


def configure(process: str) -> None:
    """Send our own and all libraries' log lines to standard output, each with the name of the process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(process, shared))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def get_logger(name: str = "portal") -> structlog.stdlib.BoundLogger:
    """Return a logger: `log.info("article_published", article=str(id))`. Ids only, never personal data."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _formatter(process: str, shared: list[Processor]) -> logging.Formatter:
    def name_the_process(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"process": process, **event}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, name_the_process, *_renderers()],
    )


def _renderers() -> list[Processor]:
    if Settings().log_format == "console":
        # Without the values of variables, which a prettier trace would show: there may be passwords among them.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
