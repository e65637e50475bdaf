"""Where everything public is: addresses, and the file in the baked folder that answers each of them."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

LANGUAGES = ("vi", "en")
VERIFIER = "/verify_minhbach.py"
"""Where the program is that checks receipts without the portal."""
RESERVED_SLUGS = frozenset({"index", "page"})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\]+")
_LONGEST_NAME_BYTES = 200
_PICTURE_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}


def home(language: str) -> str:
    """Return the address of the home page."""
    return f"/{language}/"


def section(language: str, slug: str) -> str:
    """Return the address of a section's newest items."""
    return f"/{language}/{slug}/"


def archive(language: str, slug: str, number: int) -> str:
    """Return the address of a section's page `number`, counted from the oldest items."""
    return f"/{language}/{slug}/page/{number}"


def item(language: str, section_slug: str, slug: str) -> str:
    """Return the address of an item."""
    return f"/{language}/{section_slug}/{slug}"


def feed(language: str, slug: str) -> str:
    """Return the address of a section's Atom feed."""
    return f"/feeds/{slug}.{language}.atom"


def sitemap(month: str) -> str:
    """Return the address of the part of the sitemap with a month's items, such as `2025-11`."""
    return f"/sitemaps/{month}.xml"


def proof_page(language: str) -> str:
    """Return the address of the page that tells how to check a page."""
    return f"/{language}/kiem-chung" if language == "vi" else f"/{language}/check-a-page"


def site_map_page(language: str) -> str:
    """Return the address of the map of the portal for readers."""
    return f"/{language}/so-do-cong" if language == "vi" else f"/{language}/site-map"


def receipt_page(language: str, entry: str) -> str:
    """Return the address of the page that explains and checks the receipt of an entry such as `content/42`."""
    return f"/{language}/receipts/{entry}"


def not_found_page(language: str) -> str:
    """Return the address of the page that is shown when there is nothing."""
    return f"/{language}/404"


def picture(file: str, media_type: str) -> str:
    """Return the address of a picture by the SHA-256 of its bytes."""
    return f"/files/{file}/picture.{_PICTURE_ENDINGS.get(media_type, 'bin')}"


def download(file: str, name: str) -> str:
    """Return the address of an attachment; the last segment is its name, so that any server saves it under that name."""
    return f"/files/{file}/download/{quote(file_name(name))}"


def file_name(name: str) -> str:
    """Return the name under which an attachment can be kept on any disk, its ending preserved."""
    clean = _UNSAFE_IN_NAMES.sub(" ", name).strip(" .") or "file"
    path = PurePosixPath(clean)
    room = _LONGEST_NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode(errors="ignore") + path.suffix


def is_slug(text: str) -> bool:
    """Tell whether a text can stand in an address as it is, without taking the place of another page."""
    return _SLUG.fullmatch(text) is not None and text not in RESERVED_SLUGS


def baked_file(address: str) -> str:
    """Return the file, below the baked folder, that answers an address of a page, feed or sitemap."""
    path = address.lstrip("/")
    if path.endswith("/"):
        return f"{path}index.html"
    return path if "." in path.rpartition("/")[2] else f"{path}.html"
