"""The service that the bench of remote calls asks: it says again what it hears."""

from typing import Any

from infra.messaging.entrypoints import rpc


class EchoService:
    name = "echo"

    @rpc
    def echo(self, value: Any) -> Any:
        return value
