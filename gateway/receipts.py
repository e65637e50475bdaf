"""The receipt of a publication: what was said, proven to be in the log, in one file that can be kept and checked offline."""

import json

from gateway import addresses
from gateway.api.log_shapes import Receipt, ReceiptItem
from gateway.items import Item
from gateway.pages.site import Site
from gateway.queries import Queries
from infra.messaging.envelope import Envelope
from infra.web.errors import NotFound
from services.audit.messages import InclusionProof


class Receipts:
    """Makes receipts of public events."""

    def __init__(self, site: Site, queries: Queries) -> None:
        self._site = site
        self._queries = queries

    def item(self, entry: str) -> Item:
        """Return the item that a public entry tells of.

        Raises:
            NotFound: there is no such entry, or it is not public.
        """
        event = self._queries.event(entry)
        item = None if event is None else self._queries.item(str(_envelope(event.json).subject))
        if item is None:
            raise NotFound
        return item

    def receipt(self, proof: InclusionProof) -> Receipt:
        """Put together what was said and the proof of it.

        Raises:
            NotFound: the entry is not public.
        """
        event, item = self._queries.event(proof.entry), self.item(proof.entry)
        if event is None:
            raise NotFound
        told = _envelope(event.json)
        return Receipt(
            origin=proof.note.partition("\n")[0],
            entry=proof.entry,
            index=proof.index,
            leaf=proof.leaf,
            state=told.state.decode(),
            content_hash=told.data.get("content_hash"),
            path=list(proof.path),
            checkpoint=proof.note,
            keys=proof.keys,
            item=ReceiptItem(
                id=str(item.article),
                title=_titles(told) or {language: text.title for language, text in item.content.texts.items()},
                pages=self._pages(item),
                data=self._site.absolute(f"/api/v1/articles/{item.article}"),
            ),
            verifier=self._site.absolute(addresses.VERIFIER),
            consistency=self._site.absolute(f"/api/v1/log/consistency?old={proof.size}&new="),
        )

    def _pages(self, item: Item) -> dict[str, str]:
        return {language: self._site.absolute(item.address(language)) for language in item.languages}


def _titles(told: Envelope) -> dict[str, str]:
    """Return the titles that an edition had; none for a withdrawal."""
    return {language: text["title"] for language, text in told.data.get("content", {}).get("texts", {}).items()}


def _envelope(told: str) -> Envelope:
    return Envelope.from_cloudevent(json.loads(told))
