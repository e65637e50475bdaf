"""Reading documents as they are stored, whatever somebody has put into them: for those who verify."""

import struct
from collections.abc import Iterator
from typing import cast

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from pymongo.collection import Collection

from infra.event_store.connection import CODEC, COMMITTED, Document

ODDLY_SPELLED = ""
"""A field that nobody stores: added to a document whose bytes say more, or otherwise, than its fields do.

A name that stands twice, say: we read the last of the two, and the server finds the document by the first.
"""

_ANYTHING: CodecOptions[Document] = CodecOptions(
    uuid_representation=UuidRepresentation.UNSPECIFIED,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
    unicode_decode_error_handler="replace",
)
"""Decodes what is no UUID, no instant and no text to something that is none, instead of refusing the whole answer."""


def as_stored(collection: Collection[Document], wanted: Document, limit: int) -> list[Document]:
    """Return at most `limit` documents in the order of their keys; one that is damaged hides none of the others.

    A damaged document comes with binary values where UUIDs should be, with other types where no instant or text
    could be read, or as `ODDLY_SPELLED`.
    """
    reading = collection.with_options(read_concern=COMMITTED)
    batches = reading.find_raw_batches(wanted, batch_size=limit).sort("_id", 1).limit(limit)
    data = b"".join(cast("Iterator[bytes]", batches))
    try:
        documents = bson.decode_all(data, CODEC)
    except BSONError:
        return [_read(each) for each in _each(data)]
    # All at once takes half as long, and nearly always is enough.
    if bson.encode({"": documents}, codec_options=CODEC) == _in_an_array(data):
        return documents
    return [_read(each) for each in _each(data)]


def _each(data: bytes) -> Iterator[bytes]:
    """Take documents apart that stand one behind the other, each with its length in front."""
    begin = 0
    while begin < len(data):
        (length,) = struct.unpack_from("<i", data, begin)
        yield data[begin : begin + length]
        begin += length


def _in_an_array(data: bytes) -> bytes:
    """Return the one spelling of a document whose only field, without a name, is an array of these documents."""
    array = b"".join(b"\x03%d\x00%b" % (number, each) for number, each in enumerate(_each(data)))
    inner = struct.pack("<i", len(array) + 5) + array + b"\x00"
    return struct.pack("<i", len(inner) + 7) + b"\x04\x00" + inner + b"\x00"


def _read(data: bytes) -> Document:
    try:
        document = bson.decode(data, CODEC)
    except BSONError:
        return bson.decode(data, _ANYTHING)
    return document if bson.encode(document, codec_options=CODEC) == data else {**document, ODDLY_SPELLED: True}
