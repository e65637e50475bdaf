"""Healing a queue that exists but has no leader: the broker takes it for declared, and never answers who reads or writes it.

RabbitMQ 3.10 leaves a quorum queue so when it is killed within three seconds of the queue's making. Whoever tells is not
confirmed either, so that one such queue stops a relay.
"""

from infra.logs import get_logger
from infra.messaging.errors import NoAnswer
from infra.messaging.plain_session import PlainSession
from infra.messaging.topology import Subscription

SILENT_AFTER_S = 15.0
"""So long a queue whose broker answers all else may take to let a reader in; an election takes a second or two."""
_DELETION_S = 20.0

log = get_logger("silent_queues")


def remove_silent(url: str, subscription: Subscription) -> None:
    """Delete the queue of a subscription, in which nothing can be reached any more; its reader makes it anew.

    Nothing is lost: a reader fetches from the log of the service that it hears what no queue brings. The dead letters go as well if
    they are as silent. Raises `BrokerUnavailable`.
    """
    _delete(url, subscription.queue)
    if _is_silent(url, subscription.dead_letters):
        _delete(url, subscription.dead_letters)


def _is_silent(url: str, queue: str) -> bool:
    session = PlainSession.open(url, f"looking at {queue}")
    try:
        consume = session.channel.basic_consume
        session.ask(consume, timeout_s=SILENT_AFTER_S, queue=queue, on_message_callback=lambda *_: None)
    except NoAnswer:
        return True
    finally:
        session.close()
    return False


def _delete(url: str, queue: str) -> None:
    session = PlainSession.open(url, f"healing {queue}")
    try:
        session.ask(session.channel.queue_delete, timeout_s=_DELETION_S, queue=queue)
    finally:
        session.close()
    log.error("silent_queue_deleted", queue=queue)
