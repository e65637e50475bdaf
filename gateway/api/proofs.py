"""Checkpoint and proofs of the public log; the audit service is asked over the bus."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from gateway.api.problems import RESPONSES
from gateway.api.shapes import Checkpoint, Proof
from infra.web.errors import NotFound
from services.audit.messages import InclusionProof, SignedCheckpoint

_TIMEOUT_S = 3.0

Entry = Annotated[
    str,
    Query(pattern=r"^[a-z]{2,30}/[1-9][0-9]{0,14}$", description="place in a service's log", examples=["content/42"]),
]


class Ask(Protocol):
    """Asks a service; see `infra.messaging.rpc_client.RpcClient.call`."""

    def __call__(
        self, service: str, method: str, /, *, timeout_s: float, correlation: str | None, **arguments: Any
    ) -> Awaitable[Any]:
        """Return the answer; raises `RpcError`."""


class ProofApi:
    """Answers how anybody can check the log."""

    def __init__(self, ask: Ask, is_public: Callable[[str], bool]) -> None:
        self._ask = ask
        self._is_public = is_public

    def router(self) -> APIRouter:
        """Every address about the log."""
        router = APIRouter(prefix="/log", tags=["Log"], responses=RESPONSES)
        router.get("/checkpoint", summary="The log's latest signed head")(self.checkpoint)
        router.get("/proof", summary="Proof that an entry is in the log")(self.proof)
        return router

    async def checkpoint(self, request: Request) -> Checkpoint:
        """Return the latest signed head of the log, and the public key that checks it."""
        answer = SignedCheckpoint.read(await self._asked(request, "checkpoint"))
        return Checkpoint(note=answer.note, size=answer.size, root=answer.root, key=answer.key)

    async def proof(self, request: Request, entry: Entry) -> Proof:
        """Return the hashes that lead from an entry to the signed root (RFC 6962).

        404 while it is not in the log, and for events that are not public: a leaf names what it is about.
        """
        if not await run_in_threadpool(self._is_public, entry):
            raise NotFound
        answer = await self._asked(request, "proof", entry=entry)
        if answer is None:
            raise NotFound
        proof = InclusionProof.read(answer)
        return Proof(
            **{name: getattr(proof, name) for name in Proof.model_fields if name != "path"}, path=list(proof.path)
        )

    async def _asked(self, request: Request, method: str, **arguments: Any) -> Any:
        correlation = str(getattr(request.state, "correlation", "")) or None
        return await self._ask("audit", method, timeout_s=_TIMEOUT_S, correlation=correlation, **arguments)
