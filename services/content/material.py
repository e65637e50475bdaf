"""What items are made of besides words: files known by their content, pictures re-encoded, manuscripts turned into text."""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from pymongo.database import Database

from infra.documents import pictures, recognise
from infra.documents.limits import FILE_BYTES_MAX
from infra.documents.manuscript import KeptPicture, Manuscript, read_manuscript
from infra.documents.plain import clean_text
from infra.kernel.verdicts import Refusal
from infra.read_store.files import Files
from services.content.messages import Attachment, Picture

_FILE_IN_BODY = re.compile(r'src="/files/([0-9a-f]{64})"')


class Material:
    """Takes files in, and knows the pictures among them."""

    def __init__(self, store: Database[dict[str, Any]], files: Files, limit_bytes: int = FILE_BYTES_MAX) -> None:
        self.files = files
        self._pictures = store["pictures"]
        self._limit_bytes = limit_bytes

    def take(self, stream: BinaryIO, name: str) -> Attachment | Refusal:
        """Keep an attachment of an allowed kind; a picture is kept re-encoded (QC2024 Đ9.2)."""
        kind = recognise.recognise(stream)
        if isinstance(kind, Refusal):
            return kind
        if kind.is_picture:
            taken = self.take_picture(stream)
            return taken if isinstance(taken, Refusal) else self._as_attachment(taken, name)
        stored = self.files.put(stream, name=name, media_type=kind.media_type, limit_bytes=self._limit_bytes)
        if isinstance(stored, Refusal):
            return stored
        return Attachment(stored.id, _named(name, kind.extension), stored.media_type, stored.size)

    def take_picture(self, stream: BinaryIO) -> Picture | Refusal:
        """Keep a picture in every width and format that readers need."""
        kind = recognise.recognise(stream)
        if isinstance(kind, Refusal):
            return kind
        if not kind.is_picture:
            return Refusal("QC2024 Đ9.2", "picture_expected")
        made = pictures.picture(stream)
        return made if isinstance(made, Refusal) else self._keep(made)

    def manuscript(self, file: str) -> Manuscript | Refusal:
        """Turn a stored docx into the text of an item, its pictures included (QC2024 Đ10.1b step 1)."""
        with self.files.open(file) as stream:
            return read_manuscript(stream, self._keep_picture)

    def pictures_of(self, bodies: Iterable[str], cover: str | None) -> Mapping[str, Picture]:
        """Return the pictures that stand in the bodies and on the cover; unknown ones are left out."""
        named = {file for body in bodies for file in _FILE_IN_BODY.findall(body)} | ({cover} if cover else set())
        return {
            row["_id"]: Picture.read(row["picture"]) for row in self._pictures.find({"_id": {"$in": sorted(named)}})
        }

    def _keep_picture(self, stream: BinaryIO) -> KeptPicture | Refusal:
        taken = self.take_picture(stream)
        if isinstance(taken, Refusal):
            return taken
        return KeptPicture(f"/files/{taken.file}", taken.width, taken.height)

    def _keep(self, made: pictures.Picture) -> Picture:
        stored = {
            variant: self._stored(variant)
            for variant in made.variants
            if variant is made.fallback or variant.media_type == recognise.WEBP
        }
        kept = {
            "file": stored[made.fallback],
            "media_type": made.fallback.media_type,
            "width": made.width,
            "height": made.height,
            "variants": [
                {"width": variant.width, "file": file}
                for variant, file in stored.items()
                if variant is not made.fallback
            ],
        }
        self._pictures.replace_one({"_id": kept["file"]}, {"picture": kept}, upsert=True)
        return Picture.read(kept)

    def _stored(self, variant: pictures.Variant) -> str:
        stream = BytesIO(variant.content)
        stored = self.files.put(stream, name="", media_type=variant.media_type, limit_bytes=len(variant.content))
        if isinstance(stored, Refusal):
            raise TypeError("a re-encoded picture is never larger than itself")
        return stored.id

    def _as_attachment(self, picture: Picture, name: str) -> Attachment:
        stored = self.files.describe(picture.file)
        extension = recognise.EXTENSIONS[stored.media_type]
        return Attachment(stored.id, _named(name, extension), stored.media_type, stored.size)


def _named(name: str, extension: str) -> str:
    """Give a name the ending of what the file is."""
    stem = clean_text(name).rsplit(".", 1)[0][:150].strip(" .") or "tep"
    return f"{stem}.{extension}"
