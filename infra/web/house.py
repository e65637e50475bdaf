"""What all pages of one portal share, whichever service they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from infra.kernel.clock import Clock, system_clock

MEBIBYTE = 1024 * 1024

_NAME: Mapping[str, str] = MappingProxyType({"vi": "Cổng thông tin điện tử", "en": "Portal"})


@dataclass(frozen=True, slots=True)
class House:
    """The portal's names, the key that signs, the limits, the clock.

    `name` and `short_name` have one for each language; `idle` ends a session without activity, `longest` every
    session; `upload_bytes_most` is for one file.
    """

    session_key: str
    staff_url: str = "http://127.0.0.1:8001"
    public_url: str = "http://127.0.0.1:8000"
    name: Mapping[str, str] = field(default_factory=lambda: _NAME)
    short_name: Mapping[str, str] = field(default_factory=lambda: _NAME)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    idle: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=10)
    upload_bytes_most: int = 50 * MEBIBYTE
    clock: Clock = system_clock

    @property
    def encrypted(self) -> bool:
        """Tell whether staff come by https, so that cookies may insist on it."""
        return self.staff_url.startswith("https://")
