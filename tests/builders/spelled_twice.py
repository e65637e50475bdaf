"""Documents in which a field's name stands twice: somebody with all rights can store them, and no driver writes them."""

import struct
from collections.abc import Iterable, Mapping
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from infra.event_store.connection import CODEC

Fields = Iterable[tuple[str, Any]]
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


def spelled(fields: Fields) -> bytes:
    """Return a document of these fields in their order, whatever their names."""
    body = b"".join(bson.encode({name: value}, codec_options=CODEC)[4:-1] for name, value in fields)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def put_in_place(collection: Collection[dict[str, Any]], document: Mapping[str, Any], extra: Fields) -> None:
    """Store a document with further fields in front, behind its key: the server finds it by those, drivers read the others."""
    raw = spelled([("_id", document["_id"]), *extra, *((name, document[name]) for name in document if name != "_id")])
    collection.delete_one({"_id": document["_id"]})
    collection.with_options(codec_options=_RAW).insert_one(RawBSONDocument(raw))


def nested(fields: Fields) -> RawBSONDocument:
    """Return the same as the value of a field."""
    return RawBSONDocument(spelled(fields))
