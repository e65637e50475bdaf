"""Whether the audit log itself is what was signed: indexes, leaf hashes, the tree, every checkpoint, and the witness."""

from services.audit.log.checkpoint import Checkpoint, Unproven, Verifier
from services.audit.log.differences import AUDIT_LOG, MOST_KEPT, Difference, Kind
from services.audit.log.entries import Entry
from services.audit.log.tree import EMPTY_ROOT, Frontier


class Soundness:
    """Takes the entries in order and keeps what is wrong with them.

    `witness` is a checkpoint kept outside the database: a log that has lost its end, or was rewritten from its
    beginning, no longer fits to it.
    """

    def __init__(self, verifier: Verifier, witness: Checkpoint | None) -> None:
        self._verifier = verifier
        self._witness = witness
        self._found: list[Difference] = []
        self._tree: Frontier | None = Frontier()
        self._due = 0
        self._signed = 0
        self.root = EMPTY_ROOT

    def take(self, entry: Entry) -> bool:
        """Check the next entry; tell whether its leaf hash is that of its parts."""
        if entry.index != self._due:
            self._lose_the_tree(Kind.MISSING, self._due, entry.index - 1)
        self._due = entry.index + 1
        sound = entry.leaf.hash == entry.leaf_hash
        if not sound:
            self._tell(Kind.CHANGED, entry.index)
        if self._tree is not None:
            self._grow(self._tree, entry)
        return sound

    def unreadable(self) -> None:
        """Note that the next entry cannot even be read."""
        self._lose_the_tree(Kind.UNREADABLE, self._due, None)
        self._due += 1

    def finish(self, stored: int) -> list[Difference]:
        """Return all that is wrong, given how many entries are stored, those included that are not signed yet."""
        known = self._witness.size if self._witness is not None else 0
        if known > self._due:
            self._tell(Kind.TRUNCATED if known > stored else Kind.UNSIGNED, self._due, known - 1)
        return self._found

    def _grow(self, tree: Frontier, entry: Entry) -> None:
        nodes = tuple(tree.append(entry.leaf_hash))
        if nodes != entry.nodes:
            first = entry.index + 1 - (1 << max(len(nodes), len(entry.nodes)))
            self._lose_the_tree(Kind.CHANGED, max(first, 0), entry.index)
        elif entry.checkpoint is not None or self._is_witnessed(entry):
            self._compare(tree, entry)

    def _compare(self, tree: Frontier, entry: Entry) -> None:
        self.root = tree.root()
        fits = self._fits(Checkpoint(self._verifier.name, tree.size, self.root), entry)
        if fits:
            self._signed = tree.size
        else:
            self._lose_the_tree(Kind.UNSIGNED, self._signed, entry.index)

    def _fits(self, checkpoint: Checkpoint, entry: Entry) -> bool:
        try:
            signed = None if entry.checkpoint is None else self._verifier.checkpoint(entry.checkpoint)
        except Unproven:
            return False
        return signed in (None, checkpoint) and (not self._is_witnessed(entry) or self._witness == checkpoint)

    def _is_witnessed(self, entry: Entry) -> bool:
        return self._witness is not None and self._witness.size == entry.index + 1

    def _lose_the_tree(self, kind: Kind, position: int, until: int | None) -> None:
        """Tell the place from which on the tree is another one: what follows cannot fit, and would only hide it."""
        self._tell(kind, position, until)
        self._tree = None

    def _tell(self, kind: Kind, position: int, until: int | None = None) -> None:
        if len(self._found) < MOST_KEPT:
            self._found.append(Difference(AUDIT_LOG, position, kind, None if until == position else until))
