"""What all pages of one portal share: the province, its address, the words of both languages, the look."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from gateway.pages.assets import SHARED, Assets
from gateway.profile import Profile
from infra.web.languages import WEB_LOCALE, Catalogues, Formats
from services.audit.messages import VERIFIER

_GATEWAY = Path(__file__).parent.parent
_PRINTED = ("*.py", "*.html", "*.xml", "*.css", "*.js", "*.svg", "*.po", "*.woff2", "*.toml")


@dataclass(frozen=True, slots=True)
class Site:
    """All that pages are made of besides what is published.

    `public_url` is the address as readers see it, without a slash at its end; `design` names everything that shapes the
    pages, so that pages of another design are known to be out of date.
    """

    profile: Profile
    public_url: str
    catalogues: Catalogues
    assets: Assets
    design: str

    @classmethod
    def load(cls, profile_folder: Path, public_url: str) -> Self:
        """Read the site of one province."""
        return cls(
            profile=Profile.read(profile_folder),
            public_url=public_url.rstrip("/"),
            catalogues=Catalogues.load(_GATEWAY / "locale", WEB_LOCALE),
            assets=Assets.load(),
            design=_design(profile_folder, public_url),
        )

    def absolute(self, address: str) -> str:
        """Return an address of the portal as others write it; letters beyond ASCII are encoded."""
        return self.public_url + quote(address, safe="/%?=&#:")

    def formats(self, language: str) -> Formats:
        """Return how a language writes dates and numbers."""
        return Formats(language, self.profile.timezone)


def _design(profile_folder: Path, public_url: str) -> str:
    digest = hashlib.sha256(public_url.encode())
    for path in _shaping_files(profile_folder):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _shaping_files(profile_folder: Path) -> Iterator[Path]:
    for folder in (_GATEWAY, profile_folder, SHARED, WEB_LOCALE):
        yield from sorted(path for kind in _PRINTED for path in folder.rglob(kind))
    yield VERIFIER
