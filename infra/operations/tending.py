"""What the technical team does about parked messages; the readers themselves make each attempt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.offices import REVIEWER, TECHNICAL_TEAM
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.logs import get_logger
from infra.messaging.parked import BEHIND, GivenUp, Parked, ParkedMessage, UnreadableMessage
from infra.operations.deeds import GIVEN_UP, READ_AGAIN, RETRIED, RETRIED_ALL, Deed, Deeds

LOOKING = frozenset({TECHNICAL_TEAM, REVIEWER})
"""Who may see how the system fares: whoever runs it, and whoever inspects."""

_NOTHING_WAITS = Refusal("QC2024 Đ8.2", "nothing_waits_there")

log = get_logger("operations")


@dataclass(frozen=True, slots=True)
class Stuck:
    """Messages of one aggregate that a service could not take in: the first has failed, the others wait behind it."""

    service: str
    first: ParkedMessage
    behind: Sequence[ParkedMessage]

    @property
    def log(self) -> str:
        """The service whose events they are."""
        return self.first.envelope.service

    @property
    def subject(self) -> UUID:
        """The aggregate."""
        return self.first.envelope.subject

    @property
    def messages(self) -> list[ParkedMessage]:
        """All of them, in the order in which they happened."""
        return sorted((self.first, *self.behind), key=lambda message: message.envelope.position)

    @property
    def asked(self) -> bool:
        """Tell whether an attempt was asked for and is still to come."""
        return any(message.asked for message in self.messages)


class Tending:
    """Shows what is parked at each service, and passes on what staff decide about it."""

    def __init__(self, parked: Mapping[str, Parked], deeds: Deeds, authority: Callable[[], Authority]) -> None:
        self._parked = parked
        self._deeds = deeds
        self._authority = authority

    def stuck(self) -> list[Stuck]:
        """Return what could not be taken in, service by service, in the order of the logs."""
        return [each for service, parked in self._parked.items() for each in _by_subject(service, parked.waiting())]

    def unreadable(self) -> list[tuple[str, UnreadableMessage]]:
        """Return the bytes that are no event, with the service at which they came."""
        return [(service, each) for service, parked in self._parked.items() for each in parked.unreadable()]

    def given_up(self) -> list[tuple[str, GivenUp]]:
        """Return what is never to be taken in, with the service that passes over it."""
        return [(service, each) for service, parked in self._parked.items() for each in parked.given_up()]

    def deeds(self, limit: int) -> list[Deed]:
        """Return what was done last, newest first."""
        return self._deeds.latest(limit)

    def retry(self, service: str, upstream: str, subject: UUID, *, act: Act) -> Verdict:
        """Have the messages of one aggregate tried again (QC2024 Đ8.2)."""
        deed = self._deed(act, RETRIED, service, upstream, str(subject))
        return self._order(deed, act, lambda parked: parked.ask_retry(upstream, subject))

    def retry_all(self, service: str, upstream: str, *, act: Act) -> Verdict:
        """Have everything tried again that a service could not take in of another's log (QC2024 Đ8.2)."""

        def ask(parked: Parked) -> bool:
            asked = [parked.ask_retry(upstream, subject) for subject in parked.subjects(upstream)]
            return any(asked)

        return self._order(self._deed(act, RETRIED_ALL, service, upstream, ""), act, ask)

    def read_again(self, service: str, upstream: str, message: str, *, act: Act) -> Verdict:
        """Have bytes read again that were no event (QC2024 Đ8.2)."""
        deed = self._deed(act, READ_AGAIN, service, upstream, message)
        return self._order(deed, act, lambda parked: parked.ask_reading(message))

    def give_up(self, service: str, upstream: str, message: str, because: str, *, act: Act) -> Verdict:
        """Decide that a service passes over this very message for good (QC2024 Đ8.2); the logs keep it."""

        def pass_over(parked: Parked) -> bool:
            return parked.give_up(message, by=act.account, because=because, at=act.at)

        gone = Refusal("QC2024 Đ8.2", "message_does_not_wait_any_more")
        return self._order(self._deed(act, GIVEN_UP, service, upstream, message), act, pass_over, gone)

    def _deed(self, act: Act, what: str, service: str, upstream: str, about: str) -> Deed:
        return Deed(act.account, act.capacity, act.at, what, service, upstream, about)

    def _order(
        self, deed: Deed, act: Act, carry_out: Callable[[Parked], bool], gone: Refusal = _NOTHING_WAITS
    ) -> Verdict:
        refusal = self._refusal(act, deed.service)
        if refusal is None and not carry_out(self._parked[deed.service]):
            refusal = gone
        code = "" if refusal is None else refusal.code
        self._deeds.note(
            Deed(deed.account, deed.capacity, deed.at, deed.what, deed.service, deed.log, deed.about, code)
        )
        log.info(
            "parked_messages_tended",
            what=deed.what,
            service=deed.service,
            upstream=deed.log,
            about=deed.about,
            account=str(act.account),
            refused=code,
        )
        return refusal or Accepted(act.correlation, 1, 0)

    def _refusal(self, act: Act, service: str) -> Refusal | None:
        """QC2024 Đ8.2: the technical team runs the system; nobody else intervenes in it."""
        if act.capacity != TECHNICAL_TEAM or not self._authority().holds(act.account, TECHNICAL_TEAM, act.at):
            return Refusal("QC2024 Đ8.2", "operations_are_for_the_technical_team", on_authority=True)
        return None if service in self._parked else _NOTHING_WAITS


def _by_subject(service: str, waiting: Sequence[ParkedMessage]) -> list[Stuck]:
    grouped: dict[tuple[str, UUID], list[ParkedMessage]] = {}
    for message in waiting:
        grouped.setdefault((message.envelope.service, message.envelope.subject), []).append(message)
    return [Stuck(service, _first(messages), _others(messages)) for messages in grouped.values()]


def _first(messages: Sequence[ParkedMessage]) -> ParkedMessage:
    """Return the message that failed; a while ago it may have been taken in, and then the first that waits counts."""
    return next((message for message in messages if message.reason != BEHIND), messages[0])


def _others(messages: Sequence[ParkedMessage]) -> list[ParkedMessage]:
    return [message for message in messages if message is not _first(messages)]
