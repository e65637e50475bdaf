"""The page of a receipt: it explains in plain words what a receipt proves, and lets the browser check it."""

from typing import Annotated

from fastapi import APIRouter, Path
from pymongo.errors import PyMongoError
from starlette.responses import HTMLResponse

from gateway import addresses
from gateway.items import Edition, Item, Withdrawal
from gateway.pages.records import Records
from gateway.pages.rendering import OTHER, Renderer
from gateway.pages.standing_pages import not_found_page
from gateway.receipts import Receipts
from infra.logs import get_logger
from infra.web.errors import NotFound
from infra.web.languages import msg

REASONS = (
    msg("not hexadecimal"),
    msg("not base64"),
    msg("no such place"),
    msg("the path is too long"),
    msg("the path is too short"),
    msg("the path leads to another root"),
    msg("the log is shorter now"),
    msg("two roots for one size"),
    msg("the proof is too short"),
    msg("the proof is too long"),
    msg("the beginning was rewritten"),
    msg("the proof leads to another root"),
    msg("not a signed checkpoint"),
    msg("not an Ed25519 key"),
    msg("there is no key"),
    msg("the keys are not in order"),
    msg("a key was not handed over by the one before it"),
    msg("a key was not claimed by who holds it"),
    msg("the checkpoint of another log"),
    msg("not signed by the key that was valid then"),
    msg("the signature does not fit"),
    msg("not five lines"),
    msg("it is that of another entry"),
    msg("it belongs to another item"),
    msg("it has another hash"),
    msg("this page says something else"),
    msg("another content hash is shown"),
    msg("the log names other keys now"),
)
"""Why a step of the check may not hold, as the script says it; readers see it in their language."""

log = get_logger("receipt")


class ReceiptPage:
    """Shows who published or withdrew what, when and under which clause; the proof is fetched and checked by the browser."""

    def __init__(self, renderer: Renderer, receipts: Receipts) -> None:
        self._renderer = renderer
        self._receipts = receipts

    def router(self) -> APIRouter:
        """The address of the page in each language."""
        router = APIRouter(include_in_schema=False)
        router.get("/{language}/receipts/{service}/{position}", response_class=HTMLResponse)(self.page)
        return router

    def page(
        self,
        language: Annotated[str, Path(pattern="^(vi|en)$")],
        service: Annotated[str, Path(max_length=30)],
        position: Annotated[str, Path(max_length=15)],
    ) -> HTMLResponse:
        """Show the receipt of a public entry; what is not public is not there."""
        entry = f"{service}/{position}"
        try:
            item = self._receipts.item(entry)
        except NotFound:
            return HTMLResponse(not_found_page(self._renderer, language), 404)
        except PyMongoError as away:
            log.warning("receipt_unavailable", reason=repr(away))
            return HTMLResponse(away_page(self._renderer, language, entry), 503, {"retry-after": "60"})
        return HTMLResponse(receipt_page(self._renderer, language, item, entry))


def receipt_page(renderer: Renderer, language: str, item: Item, entry: str) -> bytes:
    """Render the page of one entry of an item's public history."""
    happening = next(each for each in item.history if each.entry == entry)
    records = Records(renderer, language)
    withdrawn = isinstance(happening, Withdrawal)
    found, text = item.text(language)
    return renderer.page(
        "receipt.html",
        language,
        item=item,
        title=text.title,
        title_language=found,
        entry=entry,
        said=happening.said,
        by=records.withdrawn_by(happening.said) if withdrawn else records.published_by(happening.said),
        edition=happening.said.edition if isinstance(happening, Edition) else 0,
        content_hash=happening.said.content_hash if isinstance(happening, Edition) else "",
        shown=_shown(happening),
        reasons={reason: renderer.say(language, reason) for reason in REASONS},
        here=addresses.receipt_page(language, entry),
        there=addresses.receipt_page(OTHER[language], entry),
    )


def away_page(renderer: Renderer, language: str, entry: str) -> bytes:
    """Render what is said while the store cannot be reached."""
    here, there = (addresses.receipt_page(each, entry) for each in (language, OTHER[language]))
    return renderer.page("receipt_away.html", language, entry=entry, here=here, there=there)


def _shown(happening: Edition | Withdrawal) -> str:
    """Return what the page says of the act, as it stands in the event, for the browser to compare."""
    said = happening.said
    at = said.at.isoformat(timespec="microseconds")
    edition = happening.said.edition if isinstance(happening, Edition) else 0
    return "\n".join((said.capacity, said.on_behalf_of or "", at, said.clause, str(edition)))
