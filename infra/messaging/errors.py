"""What can go wrong between two processes that talk over the broker."""
# ruff: noqa: N818 - each is named for what happened, as events are


class RpcError(Exception):
    """A remote call brought no result."""


class RpcUnavailable(RpcError):
    """The broker or what the service needs is away, or the connection was lost: whether the call was done is unknown."""


class RpcTimeout(RpcError):
    """No answer came in time: whether the call was carried out is unknown."""


class UnknownService(RpcError):
    """No process of the service listens: the call was certainly not carried out."""

    def __init__(self, service: str) -> None:
        super().__init__(f"nobody serves {service}")
        self.service = service


class RemoteFault(RpcError):
    """The service answered that it crashed while carrying out the call; its own log says where."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


class BrokerUnavailable(Exception):
    """The broker cannot be reached, or the connection to it was lost."""


class NoAnswer(BrokerUnavailable):
    """The broker did not answer a request in time, though the connection is not lost."""


class SilentQueue(BrokerUnavailable):
    """A queue that is declared, and whose broker answers all else, does not let a reader in."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"the queue {queue} has no leader")


class MalformedEnvelope(Exception):
    """Bytes that are no event of ours: not JSON, or not the CloudEvent that we write."""


class UpstreamBehind(Exception):
    """An event was told whose service has nothing in its log after the position `after`, at least not yet."""

    def __init__(self, upstream: str, after: int) -> None:
        super().__init__(f"{upstream} does not have position {after + 1}")
        self.after = after


class LogEndsBefore(Exception):
    """A log was asked for what follows a position that it has not reached: it has lost its end, or somebody else's was meant."""

    def __init__(self, service: str, after: int, head: int) -> None:
        super().__init__(f"the log of {service} ends at {head}; what follows {after} was asked for")


class UnknownVersion(Exception):
    """An event of a version that its reader was not written for: it waits, parked, for a newer reader."""
