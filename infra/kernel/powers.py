"""What the regulation lets each office do, as a table that services publish for those who inspect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Power:
    """A capacity may do something under a clause; for another office only under a delegation of that `scope`."""

    capacity: str
    clause: str
    on_behalf_of: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be ordered: the command, the topics that tell it was done, and who may order it.

    `not_by_the_sender` says that whoever has done step 1 of the same item is barred from it, whatever office is held;
    `by_owner_only` that nobody but the owner of the account concerned may.
    """

    command: str
    topics: tuple[str, ...]
    powers: tuple[Power, ...]
    not_by_the_sender: str = ""
    by_owner_only: bool = False
