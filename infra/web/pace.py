"""How slowly a request's body may come in: slow phones are waited for, whoever holds a request open is not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar


class RequestTooSlowError(Exception):
    """The body did not come in the time that it was given. The rest is not read: the connection ends with the answer."""

    headers: ClassVar = {"connection": "close"}


@dataclass(frozen=True, slots=True)
class Pace:
    """The seconds that a body is given: `seconds_first`, more for each byte that has come, at most `seconds_most`.

    A minute outlasts a hole in the network. 8 KiB a second is half of what a phone sends over EDGE, the slowest line
    that it still falls back to here. An hour carries the largest request, 210 MiB, at half a megabit a second.
    """

    seconds_first: float = 60
    bytes_per_second: int = 8 * 1024
    seconds_most: float = 60 * 60

    async def keep(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Hand a body on, piece by piece; raises `RequestTooSlowError` once it has fallen behind."""
        began, received = monotonic(), 0
        while True:
            left = self.seconds(received) - (monotonic() - began)
            try:
                async with asyncio.timeout(left):
                    piece = await anext(body, None)
            except TimeoutError:
                raise RequestTooSlowError from None
            if piece is None:
                return
            received += len(piece)
            yield piece

    def seconds(self, received: int) -> float:
        """Return how long after its beginning more of a body may be waited for when so many bytes have come."""
        return min(self.seconds_first + received / self.bytes_per_second, self.seconds_most)
