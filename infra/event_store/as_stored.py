"""Reading documents as they are stored, whatever somebody has put into them: for those who verify."""

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from pymongo.collection import Collection

from infra.event_store.connection import CODEC, COMMITTED, Document

_ANYTHING: CodecOptions[Document] = CodecOptions(
    uuid_representation=UuidRepresentation.UNSPECIFIED,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
    unicode_decode_error_handler="replace",
)
"""Decodes what is no UUID, no instant and no text to something that is none, instead of refusing the whole answer."""


def as_stored(collection: Collection[Document], wanted: Document, limit: int) -> list[Document]:
    """Return at most `limit` documents in the order of their keys; one that is damaged hides none of the others.

    A damaged document comes with binary values where UUIDs should be, and with other types where no instant or text
    could be read.
    """
    try:
        return _found(collection, wanted, limit, CODEC)
    except BSONError:
        return [_mended(document) for document in _found(collection, wanted, limit, _ANYTHING)]


def _found(
    collection: Collection[Document], wanted: Document, limit: int, codec: CodecOptions[Document]
) -> list[Document]:
    reading = collection.with_options(codec_options=codec, read_concern=COMMITTED)
    return list(reading.find(wanted, batch_size=limit).sort("_id", 1).limit(limit))


def _mended(document: Document) -> Document:
    """Return what the usual codec makes of a document, or the document itself where it makes nothing of it."""
    try:
        return bson.decode(bson.encode(document, codec_options=_ANYTHING), CODEC)
    except BSONError:
        return document
