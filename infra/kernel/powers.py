"""What the regulation lets each office do, as a table that services publish for those who inspect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Power:
    """A capacity may do something under a clause; for another office only under a delegation of that `scope`.

    `at_its_step` says that this holds only where the clause applies: one of several steps, teams or scopes.
    """

    capacity: str
    clause: str
    on_behalf_of: str = ""
    scope: str = ""
    at_its_step: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be ordered: the command, the topics that tell it was done, and who may order it.

    `not_after` names the topic of an act whose author is barred from this one on the same item, whatever office is held;
    `of_owner` says that it is for the owner of the account concerned and for nobody else.
    """

    command: str
    topics: tuple[str, ...]
    powers: tuple[Power, ...]
    not_after: str = ""
    of_owner: bool = False

    def under(self, clause: str) -> tuple[Power, ...]:
        """Return the powers that counted where it was done under a clause; all of them where the clause does not tell."""
        told = any(power.clause == clause and power.at_its_step for power in self.powers)
        return tuple(p for p in self.powers if not (told and p.at_its_step) or p.clause == clause)
