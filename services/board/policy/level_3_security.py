"""What a level-3 system asks of accounts (QC2024 Đ5.3b): passwords and lock-outs, in numbers that the profile gives."""

import re
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.kernel.verdicts import Refusal


@dataclass(frozen=True, slots=True)
class AccountRules:
    """A dated norm about accounts; `norm` is its id and stands on every lock-out that it caused."""

    norm: str
    password_shortest: int
    password_kinds: int
    failures_before_lock: int
    lock_hours: int


_LONGEST = 256
"""Longer passwords only cost time: hashing reads all of it."""

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def login_is_plain(login: str) -> Refusal | None:
    """QC2024 Đ10.1b: a login is 2 to 32 small letters, digits, dots or hyphens and begins with a letter."""
    if re.fullmatch(r"[a-z][a-z0-9.-]{1,31}", login):
        return None
    return Refusal("QC2024 Đ10.1b", "login_not_plain", about="login")


def password_is_long_and_mixed(password: str, rules: AccountRules) -> Refusal | None:
    """TCVN 14423:2026 5.6.2.2: without a second factor, so many characters of so many kinds (14 of 4 by default)."""
    if not rules.password_shortest <= len(password) <= _LONGEST:
        facts = {"shortest": rules.password_shortest, "longest": _LONGEST}
        return Refusal("QC2024 Đ5.3b", "password_length", about="password", facts=facts)
    if kinds_of_characters(password) < rules.password_kinds:
        return Refusal("QC2024 Đ5.3b", "password_kinds", about="password", facts={"kinds": rules.password_kinds})
    return None


def password_is_another_one(*, same_as_before: bool) -> Refusal | None:
    """TCVN 14423:2026 5.6.2.2: changing means changing; the password given at the beginning ends with it."""
    if not same_as_before:
        return None
    return Refusal("QC2024 Đ5.3b", "password_unchanged", about="password")


def password_does_not_contain_the_login(password: str, login: str) -> Refusal | None:
    """TCVN 14423:2026 5.6.2.2: whoever knows the login must not know half of the password."""
    if login.casefold() not in password.casefold():
        return None
    return Refusal("QC2024 Đ5.3b", "password_contains_login", about="password")


def locks_after(failures: int, rules: AccountRules, at: datetime) -> datetime | None:
    """TCVN 14423:2026 5.5.2.2: return until when the account is locked once it failed so often in a row, else None."""
    if failures < rules.failures_before_lock:
        return None
    return at + timedelta(hours=rules.lock_hours)


def kinds_of_characters(password: str) -> int:
    """Count the kinds used: small letters, capitals, digits, everything else (letters with marks included)."""
    known = sum(any(character in kind for character in password) for kind in _KINDS)
    others = any(character not in "".join(_KINDS) for character in password)
    return known + others
