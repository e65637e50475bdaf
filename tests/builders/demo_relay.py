"""The relay of the demo service, as a process of its own; a real service's is `python -m infra.messaging.relay`."""

import asyncio

from infra.event_store import EVENTS, LogReader, connect
from infra.logs import configure
from infra.messaging.relay import EVENTS_TOLD, NOTED, Checkpoint, Relay, serve
from infra.settings import ServiceSettings

if __name__ == "__main__":
    configure("relay.demo")
    settings = ServiceSettings.load("demo")
    client = connect(settings.mongo_url)
    log, noted = LogReader(client[settings.log_database][EVENTS]), client[settings.store_database][NOTED]
    told = (Checkpoint(noted), Checkpoint(noted, EVENTS_TOLD))
    asyncio.run(serve(Relay("demo", settings.profile, log, *told, settings.amqp_url)))
