"""Checkpoint, proofs and receipts of the public log; the audit service is asked over the bus."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from gateway.api.log_shapes import Checkpoint, Consistency, Proof, Receipt
from gateway.api.problems import RESPONSES
from gateway.receipts import Receipts
from infra.web.errors import NotFound
from services.audit.messages import ConsistencyProof, InclusionProof, SignedCheckpoint

_TIMEOUT_S = 3.0
_SIZE_MOST = 10**15

ENTRY = r"^[a-z]{2,30}/[1-9][0-9]{0,14}$"
Entry = Annotated[str, Query(pattern=ENTRY, description="place in a service's log", examples=["content/42"])]
EntryOrNot = Annotated[
    str | None, Query(pattern=ENTRY, description="place in a service's log", examples=["content/42"])
]
IndexOrNot = Annotated[int | None, Query(ge=0, le=_SIZE_MOST, description="place in the whole log, counted from 0")]
Size = Annotated[int, Query(ge=1, le=_SIZE_MOST, description="number of entries, at most those that are signed")]


class Ask(Protocol):
    """Asks a service; see `infra.messaging.rpc_client.RpcClient.call`."""

    def __call__(
        self, service: str, method: str, /, *, timeout_s: float, correlation: str | None, **arguments: Any
    ) -> Awaitable[Any]:
        """Return the answer; raises `RpcError`."""


class ProofApi:
    """Answers how anybody can check the log."""

    def __init__(self, ask: Ask, is_public: Callable[[str], bool], receipts: Receipts) -> None:
        self._ask = ask
        self._is_public = is_public
        self._receipts = receipts

    def router(self) -> APIRouter:
        """Every address about the log."""
        router = APIRouter(prefix="/log", tags=["Log"], responses=RESPONSES)
        router.get("/checkpoint", summary="The log's latest signed head")(self.checkpoint)
        router.get("/proof", summary="Proof that an entry is in the log")(self.proof)
        router.get("/consistency", summary="Proof that one tree is the beginning of another")(self.consistency)
        router.get("/receipt", summary="Everything that it takes to check a publication offline")(self.receipt)
        return router

    async def checkpoint(self, request: Request) -> Checkpoint:
        """Return the latest signed head of the log, and the public keys that check it."""
        return Checkpoint(**asdict(SignedCheckpoint.read(await self._asked(request, "checkpoint"))))

    async def proof(self, request: Request, entry: EntryOrNot = None, index: IndexOrNot = None) -> Proof:
        """Return the hashes that lead from an entry, named by its place or its index, to the signed root (RFC 6962).

        404 while it is not in the log, and for events that are not public: a leaf names what it is about.
        """
        if (entry is None) == (index is None):
            raise _wrong("entry", "name either an entry or an index")
        if entry is not None:
            return _shown(await self._proof(request, entry))
        proof = await self._asked(request, "proof_at", index=index)
        if proof is None or not await run_in_threadpool(self._is_public, proof["entry"]):
            raise NotFound
        return _shown(InclusionProof.read(proof))

    async def consistency(self, request: Request, old: Size, new: Size) -> Consistency:
        """Return the proof that the log's first `old` entries are the beginning of its first `new`."""
        if old > new:
            raise _wrong("old", "it must not be larger than `new`")
        answer = await self._asked(request, "consistency", old=old, new=new)
        if answer is None:
            raise _wrong("new", "so many entries are not signed yet")
        return Consistency(**asdict(ConsistencyProof.read(answer)))

    async def receipt(self, request: Request, entry: Entry) -> Receipt:
        """Return the receipt of a publication or a withdrawal; 404 until the log has it, a moment after it is public."""
        proof = await self._proof(request, entry)
        return await run_in_threadpool(self._receipts.receipt, proof)

    async def _proof(self, request: Request, entry: str) -> InclusionProof:
        if not await run_in_threadpool(self._is_public, entry):
            raise NotFound
        answer = await self._asked(request, "proof", entry=entry)
        if answer is None:
            raise NotFound
        return InclusionProof.read(answer)

    async def _asked(self, request: Request, method: str, **arguments: Any) -> Any:
        correlation = str(getattr(request.state, "correlation", "")) or None
        return await self._ask("audit", method, timeout_s=_TIMEOUT_S, correlation=correlation, **arguments)


def _shown(proof: InclusionProof) -> Proof:
    return Proof(**{**asdict(proof), "path": list(proof.path)})


def _wrong(parameter: str, why: str) -> RequestValidationError:
    """Say what is wrong with a parameter, as if its type had said it."""
    return RequestValidationError([{"loc": ("query", parameter), "msg": why, "type": "value_error"}])
