"""Style sheets, fonts, scripts and drawings, each named after its bytes so that browsers may keep it for ever."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

OWN = Path(__file__).parent.parent / "static"
SHARED = Path(__file__).parent.parent.parent / "infra" / "web" / "static"
_REFERENCE = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
_MEDIA = ("*.woff2", "*.svg", "*.js", "*.png", "*.webmanifest")


@dataclass(frozen=True, slots=True)
class Assets:
    """Addresses by file name (`site.css`), and the bytes of each address."""

    addresses: Mapping[str, str]
    files: Mapping[str, bytes]

    @classmethod
    def load(cls) -> Self:
        """Read all assets; style sheets are joined into `site.css`, their references pointing at the named files beside them."""
        named = {path.name: _named(path.name, path.read_bytes()) for path in _media_files()}
        sheets = [SHARED / "tokens.css", *sorted(OWN.glob("*.css"))]
        css = "\n".join(path.read_text(encoding="utf-8") for path in sheets)
        joined = _REFERENCE.sub(lambda found: _pointed(found, named), css)
        named["site.css"] = _named("site.css", _without_comments(joined).encode())
        return cls({name: address for name, (address, _) in named.items()}, dict(named.values()))

    def below(self, prefix: str) -> "Assets":
        """Return the same assets at addresses below a prefix."""
        return Assets(
            {name: prefix + address for name, address in self.addresses.items()},
            {prefix + address: data for address, data in self.files.items()},
        )

    def __getitem__(self, name: str) -> str:
        """Return the address of an asset; raises KeyError for an unknown one."""
        return self.addresses[name]


def _media_files() -> list[Path]:
    return sorted(
        [SHARED / "emblem.svg", *SHARED.glob("fonts/*.woff2"), *(path for kind in _MEDIA for path in OWN.glob(kind))]
    )


def _named(name: str, data: bytes) -> tuple[str, bytes]:
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{hashlib.sha256(data).hexdigest()[:12]}.{ending}", data


def _pointed(found: re.Match[str], named: Mapping[str, tuple[str, bytes]]) -> str:
    name = found[1].rpartition("/")[2]
    return f'url("{named[name][0].rpartition("/")[2]}")' if name in named else found[0]


def _without_comments(css: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
