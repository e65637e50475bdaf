"""A press that has something in hand which never ends, and may take a second to end in spite of it."""

import sys
from threading import Event
from typing import Any, cast

from gateway.press import __main__ as process
from gateway.press.bootstrap import Workshop
from gateway.press.press import Press
from infra.logs import get_logger
from infra.messaging.feed import Feed


class StuckFeed:
    def run(self, _stop: Event) -> None:
        """Take something in, for ever."""
        get_logger("press").info("has_in_hand")
        Event().wait()


class StuckWorkshop(Workshop):
    def feed(self, press: Press) -> Feed:  # noqa: ARG002 - nothing is ever baked
        """Return a feed that does not end."""
        return cast("Feed", StuckFeed())


if __name__ == "__main__":
    cast("Any", process).Workshop = StuckWorkshop
    process.STOP_TIMEOUT_S = 1.0
    sys.exit(process.main(sys.argv[1:]))
