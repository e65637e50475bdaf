"""Whether the audit log itself is what was signed: indexes, leaf hashes, the tree, every checkpoint, and what witnesses keep."""

import hashlib
from collections.abc import Sequence

from services.audit.log.checkpoint import Checkpoint, Unproven, Verifier
from services.audit.log.differences import AUDIT_LOG, MOST_KEPT, Difference, Kind
from services.audit.log.entries import Entry
from services.audit.log.entry_page import PAGE, EntryPage
from services.audit.log.growth import Growth
from services.audit.log.pledges import Pledge
from services.audit.log.tree import EMPTY_ROOT, Frontier


class Seen:
    """Remembers of which pages all signatures were checked, so that the next reading need not check them again.

    A page is known by everything from which its signatures follow: the tree before it, its leaves, and its notes.
    """

    def __init__(self, keys: Verifier) -> None:
        self.keys = str(keys)
        self._known: dict[int, bytes] = {}

    def knows(self, before: Frontier, page: EntryPage) -> bool:
        """Tell whether this very page was checked at this place."""
        return self._known.get(page.begin) == _identity(before, page)

    def learn(self, before: Frontier, page: EntryPage) -> None:
        """Remember a page whose signatures all fit, if it begins where readings from the beginning have pages."""
        if page.begin % PAGE == 0:
            self._known[page.begin] = _identity(before, page)


class Soundness:
    """Takes the entries in order and keeps what is wrong with them."""

    def __init__(self, keys: Verifier, seen: Seen) -> None:
        self._keys = keys
        self._seen = seen
        self._found: list[Difference] = []
        self._tree: Frontier | None = Frontier()
        self._signed = 0
        self.due = 0
        self.root = EMPTY_ROOT

    @property
    def found(self) -> int:
        """How much is wrong by now."""
        return len(self._found)

    def takes(self, page: EntryPage, pledged: Sequence[Pledge]) -> bool:
        """Take a page at once if nothing in it is wrong, leaves aside; else take nothing."""
        if self._tree is None or page.begin != self.due:
            return False
        growth = Growth(self._tree, page.hashes)
        if not growth.completes(page.nodes) or any(page.notes.get(each.size) != each.note for each in pledged):
            return False
        if not self._seen.knows(self._tree, page):
            if not all(self._signs(note, size, growth.root(size)) for size, note in page.notes.items()):
                return False
            self._seen.learn(self._tree, page)
        self._tree, self.due = growth.frontier(), page.end
        if page.notes:
            self._signed = max(page.notes)
            self.root = growth.root(self._signed)
        return True

    def take(self, entry: Entry, pledged: Sequence[Pledge]) -> bool:
        """Check the next entry and what is pledged of the tree that ends with it; False when it has no place in the log."""
        if entry.index < self.due:
            self._tell(Kind.INSERTED, entry.index)
            return False
        if entry.index > self.due:
            self._lose_the_tree(Kind.MISSING, self.due, entry.index - 1)
        self.due = entry.index + 1
        if self._tree is not None:
            self._grow(self._tree, entry, pledged)
        return True

    def leaf(self, entry: Entry) -> bool:
        """Tell whether an entry's leaf hash is that of its parts."""
        sound = entry.leaf.hash == entry.leaf_hash
        if not sound:
            self._tell(Kind.CHANGED, entry.index)
        return sound

    def unreadable(self, index: int) -> None:
        """Note that an entry cannot even be read."""
        if index > self.due:
            self._lose_the_tree(Kind.MISSING, self.due, index - 1)
        self._lose_the_tree(Kind.UNREADABLE, index, None)
        self.due = max(self.due, int(index) + 1)

    def finish(self, stored: int, beyond: Sequence[Pledge]) -> list[Difference]:
        """Return all that is wrong.

        Given how many entries are stored, those included that are not signed, and what is pledged of larger trees.
        """
        genuine = [each for each in beyond if each.checkpoint(self._keys) is not None]
        forged = [each.told(Kind.FORGED) for each in beyond if each not in genuine]
        promised = max((each.size for each in genuine), default=0)
        end = []
        if promised > self.due:
            kind = Kind.TRUNCATED if promised > stored else Kind.UNSIGNED
            end.append(_difference(kind, self.due, promised - 1))
        return sorted([*self._found, *forged, *end], key=_order)

    def _grow(self, tree: Frontier, entry: Entry, pledged: Sequence[Pledge]) -> None:
        nodes = tuple(tree.append(entry.leaf_hash))
        if nodes != entry.nodes:
            first = entry.index + 1 - (1 << max(len(nodes), len(entry.nodes)))
            self._lose_the_tree(Kind.CHANGED, max(first, 0), entry.index)
        elif entry.checkpoint is not None or pledged:
            self._compare(tree, entry, pledged)

    def _compare(self, tree: Frontier, entry: Entry, pledged: Sequence[Pledge]) -> None:
        root = tree.root()
        promises = [(each, each.checkpoint(self._keys)) for each in pledged if each.note != entry.checkpoint]
        self._found += [each.told(Kind.FORGED) for each, promised in promises if promised is None]
        contradicted = any(promised and promised.root != root for _, promised in promises)
        if contradicted or not (entry.checkpoint is None or self._signs(entry.checkpoint, tree.size, root)):
            self._lose_the_tree(Kind.UNSIGNED, self._signed, entry.index)
            return
        self.root, self._signed = root, tree.size
        if entry.checkpoint is None and any(promised for _, promised in promises):
            self._tell(Kind.UNSEALED, entry.index)

    def _signs(self, note: object, size: int, root: bytes) -> bool:
        """Tell whether a note is the log's checkpoint of this very tree."""
        try:
            signed = self._keys.checkpoint(note) if isinstance(note, str) else None
        except Unproven:
            return False
        return signed == Checkpoint(self._keys.name, size, root)

    def _lose_the_tree(self, kind: Kind, position: int, until: int | None) -> None:
        """Tell the place from which on the tree is another one: what follows cannot fit, and would only hide it."""
        self._tell(kind, position, until)
        self._tree = None

    def _tell(self, kind: Kind, position: int, until: int | None = None) -> None:
        if len(self._found) < MOST_KEPT:
            self._found.append(_difference(kind, position, until))


def _order(difference: Difference) -> tuple[str, int, str, int]:
    return difference.log, difference.position, difference.kind, -1 if difference.until is None else difference.until


def _difference(kind: Kind, position: int, until: int | None) -> Difference:
    return Difference(AUDIT_LOG, position, kind, None if until == position else until)


def _identity(before: Frontier, page: EntryPage) -> bytes:
    """Return a hash over everything from which it follows that the signatures of a page fit, each part of known length."""
    identity = hashlib.sha256(b"".join((before.size.to_bytes(8), before.root(), *page.hashes)))
    for size, note in page.notes.items():
        text = note.encode()
        identity.update(size.to_bytes(8) + len(text).to_bytes(8) + text)
    return identity.digest()
