#!/usr/bin/env python3
"""Checks receipts and audit packs of a Minh Bach portal, offline, with nothing but Python 3.8 or later.

    python3 verify_minhbach.py receipt.json [--key KEY] [--item FILE] [--older FILE --consistency FILE] [--lang vi|en]
    python3 verify_minhbach.py pack.zip     [--key KEY] [--lang vi|en]

`--key` is the log's key as you know it from elsewhere; without it the key in the receipt is used, and printed, so that you
can compare it. `--item` is the published item as data (JSON) or its saved page. `--older` is a receipt kept earlier;
`--consistency` is what the portal answers when asked whether the older tree is the beginning of the newer one.

Exit code: 0 everything that was checked is genuine, 1 something is not, 2 it could not be checked.

Everything is in this one file on purpose: whoever doubts the portal can read it, and needs nothing from the portal besides.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import io
import json
import os
import re
import sys
import zipfile
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple, Tuple

GENUINE, NOT_GENUINE, IMPOSSIBLE = 0, 1, 2
RECEIPT, PACK = "minhbach-receipt/1", "minhbach-audit-pack/1"
PARTS = ("pack.json", "checkpoint.txt", "keys.txt", "events.jsonl", "people.jsonl")
BESIDES = ("README.txt", "verify_minhbach.py")  # for whoever opens a pack; nothing in the log tells of them
ABOUT = frozenset({"format", "purpose", "made_at", "origin", "criteria", "order"})
EVENT = frozenset({"entry", "index", "leaf", "path", "state", "at"})
PERSON = frozenset({"key", "record", "salt", "hash"})
ISSUED = "board.account.issued"  # the one event that says to whom an account belongs
MOST_TOLD = 20

# What is printed: key -> (Vietnamese, English). ----------------------------------------------------------------------

WORDS = {
    "PASSED": ("ĐÚNG ", "OK    "),
    "FAILED": ("SAI  ", "WRONG "),
    "NOTE": ("LƯU Ý", "NOTE  "),
    "genuine": ("KẾT LUẬN: mọi điều đã kiểm tra đều đúng.", "RESULT: everything that was checked is genuine."),
    "not genuine": ("KẾT LUẬN: KHÔNG ĐÚNG. Xem các dòng SAI.", "RESULT: NOT GENUINE. See the lines marked WRONG."),
    "impossible": ("KẾT LUẬN: KHÔNG KIỂM TRA ĐƯỢC: {why}", "RESULT: COULD NOT BE CHECKED: {why}"),
    "unfinished": ("những điều còn lại không kiểm tra được: {why}", "the rest could not be checked: {why}"),
    "act": (
        "Mục {entry}: {topic}, lúc {at}, bởi {by}, theo {clause}",
        "Entry {entry}: {topic}, at {at}, by {by}, under {clause}",
    ),
    "pack": (
        "Gói kiểm toán của {origin}, lập lúc {made_at}; mục đích: {purpose}; tiêu chí: {criteria}",
        "Audit pack of {origin}, made at {made_at}; purpose: {purpose}; criteria: {criteria}",
    ),
    "leaf": ("lá {entry} có đủ năm dòng và đúng mục", "leaf {entry} has its five lines and is that of the entry"),
    "leaf item": ("lá thuộc tin, bài {id}", "the leaf belongs to item {id}"),
    "state": ("nội dung sự kiện có đúng dấu vân tay ghi ở lá", "the event's bytes have the hash that the leaf names"),
    "content": (
        "phần “content” của sự kiện có đúng content_hash {hash}",
        "the event's “content” has the content_hash {hash}",
    ),
    "path": (
        "mục số {index} nằm trong cây {size} mục có gốc đã ký",
        "entry number {index} is in the tree of {size} entries with the signed root",
    ),
    "key change": (
        "khóa {key} nhận từ khóa trước, sau mục thứ {after}: cả hai chữ ký đúng",
        "key {key} took over after {after} entries: signed by the key before it and by itself",
    ),
    "trusted": (
        "khóa ký là khóa bạn đưa ra, hoặc nối với nó qua các lần bàn giao",
        "the signing key is the one you gave, or tied to it by keys handed over",
    ),
    "signature": (
        "chữ ký Ed25519 trên gốc cây đúng với khóa {key}",
        "the Ed25519 signature on the root fits key {key}",
    ),
    "own key": (
        "khóa trên lấy từ chính tệp này; hãy so với khóa bạn biết từ nơi khác, hoặc dùng --key",
        "that key comes from this very file; compare it with the one you know from elsewhere, or give it with --key",
    ),
    "item": ("nội dung tin, bài trong {file} đúng từng byte", "the item in {file} has exactly this content"),
    "another edition": (
        "biên nhận thuộc một bản khác; nội dung hiện nay của tin, bài trong {file} không được kiểm tra",
        "the receipt is that of another edition; what the item in {file} says now was not checked",
    ),
    "page": (
        "trang {file} có đủ tiêu đề, tóm tắt và từng đoạn của bản {language}",
        "page {file} shows title, summary and every paragraph of the {language} text",
    ),
    "page only": (
        "trang không cho biết có gì được thêm vào, hay bị kiểu trình bày che đi, hay không; muốn chắc, dùng dữ liệu JSON",
        "a page does not tell whether something was added to it, or hidden by its styles; the item as data (JSON) does",
    ),
    "older": (
        "cây {old} mục của biên nhận cũ là phần đầu của cây {new} mục",
        "the older receipt's tree of {old} entries is the beginning of the tree of {new}",
    ),
    "older receipt": ("Biên nhận cũ {file}:", "The older receipt {file}:"),
    "in the older": ("mục có cùng vị trí trong biên nhận cũ", "the entry had the same place in the older receipt"),
    "events": (
        "{good} trên {all} sự kiện: lá đúng và nằm trong cây; {bare} không kèm nội dung",
        "{good} of {all} events: leaf right and in the tree; {bare} came without content",
    ),
    "times": (
        "thời điểm ghi bên cạnh {bare} sự kiện không kèm nội dung không được chứng minh",
        "the times beside the {bare} events without content are not proved",
    ),
    "places": ("không hai sự kiện nào cùng một vị trí", "no two events have the same place"),
    "people": (
        "{good} trên {all} người: dấu vân tay có trong sự kiện cấp đúng tài khoản đó",
        "{good} of {all} people: the hash stands in the event that issued this very account",
    ),
    "order": (
        "pack.json nói đúng điều nhật ký ghi khi gói được yêu cầu, ở mục {entry}",
        "pack.json says what the log says of this pack's order, in entry {entry}",
    ),
    "no order": (
        "gói không kèm mục ghi yêu cầu lập gói: mục đích, tiêu chí và thời điểm trong pack.json không được chứng minh",
        "the pack comes without its order: purpose, criteria and time in pack.json are not proved",
    ),
    "parts": ("gói không có tệp nào lạ", "the pack holds no file that is not part of one"),
    "about": ("pack.json không có mục nào lạ", "pack.json says nothing that a pack does not say"),
    "besides": ("không kiểm tra những tệp ở bên cạnh: {names}", "these files beside it were not checked: {names}"),
    "not all": (
        "gói cho thấy không gì trong đó bị sửa, không cho thấy không gì bị bỏ ra ngoài",
        "a pack shows that nothing in it was altered; it does not show that nothing was left out",
    ),
    "origin": ("tệp và gốc cây thuộc cùng một sổ ghi {origin}", "file and signed root belong to one log, {origin}"),
    "why": (" — {why}", " — {why}"),
}


class Wrong(Exception):  # noqa: N818 - a word of this file
    """What was checked is not as it should be."""


class Unreadable(Exception):  # noqa: N818 - a word of this file
    """There is nothing here that could be checked."""


class Report:
    """Prints findings as they come, and remembers whether one was bad."""

    def __init__(self, language: str) -> None:
        self._tongue = 0 if language == "vi" else 1
        self.good = True

    def say(self, words: str, /, **facts: Any) -> None:
        """Print a sentence."""
        print(self._told(words, facts))

    def note(self, words: str, /, **facts: Any) -> None:
        """Print what the reader must know besides."""
        print(self._mark("NOTE"), self._told(words, facts))

    def check(self, words: str, examine: Callable[[], Any], /, **facts: Any) -> bool:
        """Print whether something holds: `examine` raises when it does not."""
        told = self._told(words, facts)
        try:
            examine()
        except (Wrong, ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
            self.good = False
            print(self._mark("FAILED"), told + self._told("why", {"why": str(wrong) or type(wrong).__name__}))
            return False
        print(self._mark("PASSED"), told)
        return True

    def end(self) -> int:
        """Print the result; return the exit code."""
        self.say("genuine" if self.good else "not genuine")
        return GENUINE if self.good else NOT_GENUINE

    def give_up(self, error: Exception) -> int:
        """Say why no more could be checked; return the exit code. What was found wrong before stays wrong."""
        why = error if isinstance(error, (Unreadable, OSError)) else f"{type(error).__name__}: {error}"
        if not self.good:
            self.note("unfinished", why=why)
            return self.end()
        self.say("impossible", why=why)
        return IMPOSSIBLE

    def _told(self, words: str, facts: dict[str, Any]) -> str:
        """Fill in facts; nothing in them can begin a line of its own or steer the terminal."""
        return WORDS[words][self._tongue].format(**{name: printable(fact) for name, fact in facts.items()})

    def _mark(self, kind: str) -> str:
        return WORDS[kind][self._tongue]


def printable(fact: Any) -> str:
    """Return a fact as text in which every sign that is not shown as itself is marked."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in str(fact))


def demand(true: bool, why: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Go on only if something is true."""
    if not true:
        raise Wrong(why)


# Ed25519 (RFC 8032, section 5.1 and the code of its section 6), for checking only. -------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]  # four numbers: extended homogeneous coordinates X, Y, Z, T


def added(p: Point, q: Point) -> Point:
    """Add two points of the curve."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, p: Point) -> Point:
    """Multiply a point."""
    q = (0, 1, 1, 0)
    while number:
        if number & 1:
            q = added(q, p)
        p = added(p, p)
        number >>= 1
    return q


def point(data: bytes) -> Point | None:
    """Read a point; None when the 32 bytes are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_fits(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature (64 bytes) over a message was made with a key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment, number = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or BASE is None or number >= ORDER:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(number, BASE), added(commitment, times(digest, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


# The tree (RFC 9162, sections 2.1.1 to 2.1.4). -----------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> None:
    """Go from a leaf up to the root (RFC 9162, section 2.1.3.2)."""
    demand(type(index) is int and 0 <= index < size, "the tree has no such place")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        demand(last > 0, "the path is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    demand(last == 0, "the path is too short")
    demand(found == root, "the path leads to another root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> None:
    """Check that one tree is the beginning of another (RFC 9162, section 2.1.4.2)."""
    demand(0 < old <= new, "the older tree is empty, or larger than the newer one")
    if old == new:
        demand(old_root == new_root and not path, "two roots for one size")
        return
    demand(bool(path), "the proof is empty")
    nodes = path if old & (old - 1) else [old_root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = nodes[0]
    for sibling in nodes[1:]:
        demand(last > 0, "the proof is too long")
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    demand(last == 0, "the proof is too short")
    demand(first == old_root, "the beginning was rewritten")
    demand(second == new_root, "the proof leads to another root")


# Signed notes, checkpoints and keys (C2SP signed-note and tlog-checkpoint). --------------------------------------------


class Key(NamedTuple):
    """A public key of the log, in the form `name+id+base64`; it signs trees of more than `after` entries."""

    text: str
    name: str
    id: bytes
    public: bytes
    after: int
    by_previous: bytes = b""
    by_itself: bytes = b""

    @classmethod
    def read(cls, line: str) -> Key:
        """Read a line of the keys: `key`, or `key after signature-of-the-key-before signature-of-its-own`."""
        text, *more = line.split()
        name, identity, data = text.split("+", 2)
        raw = base64.b64decode(data, validate=True)
        expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        demand(raw[:1] == b"\x01" and len(raw) == 33, "not an Ed25519 key")
        demand(bytes.fromhex(identity) == expected, "the key's id does not fit the key")
        after, *signatures = more or ["0"]
        demand(len(signatures) == (2 if more else 0), "a change of keys needs two signatures")
        return cls(text, name, expected, raw[1:], int(after), *map(base64.b64decode, signatures))

    def fits(self, signature: bytes, text: str) -> bool:
        """Tell whether this key has signed a text."""
        return ed25519_fits(self.public, signature, text.encode())

    def check_change(self, previous: Key) -> None:
        """Check that this key took over from the one before it."""
        text = f"{self.name}\nkey change after {self.after}\n{previous.text}\n{self.text}\n"
        demand(previous.name == self.name, "the key of another log")
        demand(self.after >= previous.after, "the keys are not in order")
        demand(previous.fits(self.by_previous, text), "the key before it has not signed this")
        demand(self.fits(self.by_itself, text), "it has not signed this itself")


class Checkpoint(NamedTuple):
    """What the log promises: its first `size` entries have this root."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: list[tuple[str, bytes]]

    @classmethod
    def read(cls, note: str) -> Checkpoint:
        """Read a signed note."""
        text, gap, below = note.rpartition("\n\n")
        lines = text.split("\n")
        demand(bool(gap) and len(lines) == 3, "not a signed checkpoint")
        demand(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) is not None, "the size is no number")
        signed = below.splitlines()
        demand(all(line.startswith("\u2014 ") for line in signed), "something stands among the signatures")
        named = [line[2:].rpartition(" ") for line in signed]
        signatures = [(name, base64.b64decode(data, validate=True)) for name, _, data in named]
        return cls(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True), text + "\n", signatures)

    def check_signature(self, key: Key) -> None:
        """Check that a key has signed it."""
        demand(self.origin == key.name, f"the checkpoint of another log: {self.origin}")
        found = [data[4:] for name, data in self.signatures if name == key.name and data[:4] == key.id]
        demand(bool(found), "not signed by this key")
        demand(all(key.fits(signature, self.text) for signature in found), "the signature does not fit")


def keys_of(text: str) -> list[Key]:
    """Read all keys that a log ever had, oldest first."""
    keys = [Key.read(line) for line in text.splitlines() if line.strip()]
    demand(bool(keys), "there is no key")
    demand(not keys[0].by_previous and all(key.by_previous for key in keys[1:]), "only the first key follows none")
    return keys


def signed_checkpoint(report: Report, note: str, keys_text: str, trusted: list[str]) -> Checkpoint | None:
    """Check who has signed a checkpoint, and with which key; return it when everything holds.

    One of the keys that are trusted, if any are, must be among those that handed over to one another.
    """
    try:
        checkpoint, keys = Checkpoint.read(note), keys_of(keys_text)
    except (Wrong, ValueError) as wrong:
        report.check("signature", partial(demand, False, str(wrong)), key="?")
        return None
    good = True
    for previous, key in zip(keys, keys[1:]):
        good &= report.check("key change", partial(key.check_change, previous), key=key.text, after=key.after)
    valid = [key for key in keys if key.after < checkpoint.size][-1:] or keys[:1]
    good &= report.check("signature", partial(checkpoint.check_signature, valid[0]), key=valid[0].text)
    if not trusted:
        report.note("own key")
    else:
        known = {key.text for key in keys}
        good &= report.check("trusted", partial(demand, not known.isdisjoint(trusted), "it is another key"))
    return checkpoint if good else None


# Entries, receipts and packs. ----------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """Spell a JSON value in the one way that is hashed: names sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data: bytes) -> str:
    """Hash bytes."""
    return hashlib.sha256(data).hexdigest()


def check_leaf(entry: str, leaf: str) -> list[str]:
    """Check the five lines of a leaf: place, topic, subject, version, hash of the event's bytes."""
    lines = leaf.split("\n")
    demand(len(lines) == 6 and not lines[5], "not five lines")
    demand(lines[0] == entry, f"it says {lines[0]}")
    demand(re.fullmatch(r"[a-z]+/[1-9][0-9]*", entry) is not None, "not an entry")
    demand(lines[3].isdigit() and re.fullmatch(r"[0-9a-f]{64}", lines[4]) is not None, "no version, or no hash")
    return lines


def check_content(state: str) -> None:
    """Check that the content that an event tells has the hash that it names."""
    told = read_object(state)
    demand(sha256(canonical(told["content"])) == told["content_hash"], "it has another hash")


def hexes(path: list[str]) -> list[bytes]:
    """Read hashes."""
    found = [bytes.fromhex(each) for each in path]
    demand(all(len(each) == 32 for each in found), "a hash has 32 bytes")
    return found


def said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of a file; where a name stands twice, every reader would see another one."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return told


def read_object(text: str) -> dict[str, Any]:
    """Read an object of JSON."""
    told = json.loads(text, object_pairs_hook=said_once)
    demand(isinstance(told, dict), "it is no object of JSON")
    return dict(told)


def check_fields(told: dict[str, Any], known: frozenset[str]) -> None:
    """Check that nothing stands in an object that would not be looked at."""
    others = sorted(told.keys() - known)
    demand(not others, "nobody has proved " + ", ".join(others[:MOST_TOLD]))


def read_json(path: Path) -> Any:
    """Read a file of JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=said_once)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error


def read_proof(file: Path, old: int, new: int) -> list[bytes]:
    """Read what the portal answers when asked whether a tree of `old` entries is the beginning of one of `new`."""
    told = read_json(file)
    try:
        demand((told.get("old", old), told.get("new", new)) == (old, new), "the proof of other sizes")
        return hexes(told["path"])
    except (Wrong, ValueError, TypeError, KeyError, AttributeError) as wrong:
        address = f"/api/v1/log/consistency?old={old}&new={new}"
        raise Unreadable(f"{file}: not what the portal answers at {address} ({wrong})") from wrong


class Receipt:
    """A receipt, and the steps that check it."""

    def __init__(self, path: Path) -> None:
        self.told = read_json(path)
        if not isinstance(self.told, dict) or self.told.get("format") != RECEIPT:
            raise Unreadable(f"{path}: not a receipt of the format {RECEIPT}")
        self.checkpoint: Checkpoint | None = None

    def check(self, report: Report, trusted: list[str]) -> None:
        """Check everything that the receipt says by itself."""
        told, leaf, state = self.told, str(self.told.get("leaf")), str(self.told.get("state"))
        entry = str(told.get("entry"))
        self._introduce(report, entry, state)
        report.check("leaf", lambda: check_leaf(entry, leaf), entry=entry)
        report.check("leaf item", lambda: self._check_item(leaf), id="".join(leaf.split("\n")[2:3]))
        report.check("state", lambda: demand(sha256(state.encode()) == leaf.split("\n")[4], "it has another hash"))
        if '"content_hash"' in state:
            report.check("content", lambda: check_content(state), hash=told.get("content_hash"))
        self.checkpoint = signed_checkpoint(report, str(told.get("checkpoint")), str(told.get("keys")), trusted)
        if self.checkpoint is not None:
            signed, index, origin = self.checkpoint, told.get("index"), told.get("origin")
            report.check("origin", lambda: demand(origin == signed.origin, signed.origin), origin=origin)
            report.check("path", lambda: self._check_path(signed, leaf), index=index, size=signed.size)

    @property
    def keys(self) -> list[str]:
        """The keys that the receipt names; to be trusted only once it has been checked."""
        return [line.split(" ")[0] for line in str(self.told.get("keys")).splitlines() if line.strip()]

    def check_item(self, report: Report, file: Path) -> None:
        """Check an item as data, or its page, against the content that the event tells."""
        try:
            content = read_object(self.told["state"])["content"]
        except (Wrong, ValueError, TypeError, KeyError) as error:
            raise Unreadable("this receipt tells of no content to compare with") from error
        if file.suffix == ".json":
            item = read_json(file)
            if not isinstance(item, dict) or "content" not in item:
                raise Unreadable(f"{file}: not an item as the portal tells it")
            report.check("item", lambda: self._check_data(item, content), file=file.name)
            if not self._is_current(item):
                report.note("another edition", file=file.name)
            return
        page = file.read_text(encoding="utf-8")
        tongue = "vi" if '<html lang="vi"' in page else "en"
        report.check("page", lambda: check_page(page, content["texts"][tongue]), file=file.name, language=tongue)
        report.note("page only")

    def check_older(self, report: Report, older: Receipt, proof: Path | None) -> None:
        """Check that the tree of an older receipt is the beginning of this one's."""
        new, old = self.checkpoint, older.checkpoint
        if new is None or old is None:
            return
        if proof is None and old.size != new.size:
            address = f"/api/v1/log/consistency?old={old.size}&new={new.size}"
            raise Unreadable(f"--consistency FILE is needed: save what the portal answers at {address}")
        path = read_proof(proof, old.size, new.size) if proof else []
        extends = partial(check_consistency, old.size, old.root, new.size, new.root, path)
        report.check("older", extends, old=old.size, new=new.size)
        if older.told["entry"] == self.told["entry"]:
            same = older.told["index"] == self.told["index"] and older.told["leaf"] == self.told["leaf"]
            report.check("in the older", lambda: demand(same, "it has moved"))

    def _introduce(self, report: Report, entry: str, state: str) -> None:
        try:
            told = read_object(state)
            act = told["act"]
            by = " / ".join(str(each) for each in (act["capacity"], act.get("on_behalf_of")) if each)
            topic = self.told["leaf"].split("\n")[1]
            report.say("act", entry=entry, topic=topic, at=told["timestamp"], by=by, clause=told["clause"])
        except (Wrong, ValueError, KeyError, TypeError, IndexError, AttributeError):
            report.say("act", entry=entry, topic="?", at="?", by="?", clause="?")

    def _check_item(self, leaf: str) -> None:
        demand(leaf.split("\n")[2] == self.told["item"]["id"], "it belongs to another one")
        told = read_object(self.told["state"])
        demand(told.get("content_hash") == self.told["content_hash"], "the receipt names another content_hash")

    def _check_path(self, signed: Checkpoint, leaf: str) -> None:
        path = hexes(self.told["path"])
        check_inclusion(self.told["index"], signed.size, leaf_hash(leaf.encode()), path, signed.root)

    def _check_data(self, item: Any, content: Any) -> None:
        entry = self.told["entry"]
        shown = [told.get("content") for told in item.get("history", []) if told["log_entry"] == entry]
        if self._is_current(item) or not shown:
            shown.append(item.get("content"))
            told = [(name, *each) for name in ("title", "summary") for each in item.get(name, {}).items()]
            demand(all(content["texts"][language][name] == text for name, language, text in told), "it has other words")
        demand(all(canonical(each) == canonical(content) for each in shown), "it has another content")

    def _is_current(self, item: Any) -> bool:
        return bool(item.get("log_entry", self.told["entry"]) == self.told["entry"])


# What stands within a line, what has no end, and what nobody sees.
# fmt: off
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})
UNSEEN = frozenset({
    "audio", "canvas", "datalist", "defs", "desc", "head", "iframe", "metadata", "noembed", "noframes", "noscript",
    "object", "rp", "script", "style", "symbol", "template", "title", "video",
})
# fmt: on
UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)", re.IGNORECASE)


class Words(HTMLParser):
    """The words that a page shows, one line for each paragraph or heading, without markup and what nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[bool, list[str]] = {True: [""], False: [""]}  # within <main>, and all others
        self._unseen: list[str] = []  # the element that is hidden, and those of its kind in it
        self._mains = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin another line, or notice what nobody sees."""
        self._break(tag)
        if tag in VOID:
            return
        if self._unseen:
            self._unseen += [tag] if tag == self._unseen[0] else []
        elif tag in UNSEEN or is_unseen(tag, dict(attrs)):
            self._unseen = [tag]
        else:
            self._mains += tag == "main"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element all the same: in HTML, a slash at the end of a tag ends nothing."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """End the line, and what nobody sees."""
        self._break(tag)
        if self._unseen:
            self._unseen = self._unseen[:-1] if tag == self._unseen[0] else self._unseen
        elif self._mains:
            self._mains -= tag == "main"

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        if not self._unseen:
            self._lines[self._mains > 0][-1] += data

    def _break(self, tag: str) -> None:
        if tag not in INLINE and not self._unseen:
            self._lines[self._mains > 0].append("")

    @classmethod
    def of(cls, markup: str) -> list[str]:
        """Return the lines of a page, of its <main> if it has one, or of a part of a page."""
        reader = cls()
        reader.feed(markup)
        reader.close()
        main, others = ([" ".join(line.split()) for line in reader._lines[each]] for each in (True, False))
        return [line for line in main if line] or [line for line in others if line]


def is_unseen(tag: str, attributes: dict[str, str | None]) -> bool:
    """Tell whether an element says of itself that it is not shown."""
    closed = tag == "dialog" and "open" not in attributes
    styled = UNSEEN_STYLE.search(attributes.get("style") or "") is not None
    return closed or styled or "hidden" in attributes or "popover" in attributes


def check_page(page: str, text: dict[str, str]) -> None:
    """Check that a page shows a text: title, summary, and the body with each of its paragraphs, whole and in order."""
    shown = Words.of(page)
    for part in (html.escape(text["title"]), html.escape(text["summary"]), text["body"]):
        lines = Words.of(part)
        for line in lines:
            demand(line in shown, f"it lacks “{line[:60]}”")
        together = any(shown[place : place + len(lines)] == lines for place in range(len(shown) - len(lines) + 1))
        demand(together, "its paragraphs do not follow each other")


class Pack:
    """An audit pack: a folder or a zip with events, their proofs, and one checkpoint."""

    def __init__(self, path: Path) -> None:
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        self._folder = path
        names = self._zip.namelist() if self._zip else [p.relative_to(path).as_posix() for p in path.rglob("pack.json")]
        if len(set(names)) != len(names):
            raise Unreadable(f"{path}: two files have one name, and every reader would see another one")
        found = sorted((name for name in names if name.split("/")[-1] == "pack.json"), key=len)
        if not found:
            raise Unreadable(f"{path}: there is no pack.json")
        self._prefix = found[0][: -len("pack.json")]
        try:
            self.told = read_object(self._text("pack.json"))
        except Wrong as wrong:
            raise Unreadable(f"{path}: pack.json: {wrong}") from wrong
        if self.told.get("format") != PACK:
            raise Unreadable(f"{path}: not a pack of the format {PACK}")
        self._hashes: dict[str, Any] = {}  # of whom each account was issued to, by the account
        self._order: Any = None

    def check(self, report: Report, trusted: list[str]) -> None:
        """Check every event of the pack, and every person."""
        report.say("pack", **{name: self.told.get(name) for name in ("origin", "made_at", "purpose", "criteria")})
        report.check("about", lambda: check_fields(self.told, ABOUT))
        self._check_parts(report)
        signed = signed_checkpoint(report, self._text("checkpoint.txt"), self._text("keys.txt"), trusted)
        if signed is None:
            return
        origin = self.told.get("origin")
        report.check("origin", lambda: demand(origin == signed.origin, signed.origin), origin=origin)
        self._check_events(report, signed)
        self._check_order(report)
        self._check_people(report)
        report.note("not all")

    def _check_parts(self, report: Report) -> None:
        """Check that the zip holds nothing else; a folder is its owner's, and what else lies there is only named."""
        known = {self._prefix + name for name in (*PARTS, *BESIDES)}
        folder = self._folder / self._prefix
        there = self._zip.namelist() if self._zip else [self._prefix + path.name for path in folder.iterdir()]
        others = sorted(name for name in there if name not in known and not name.endswith("/"))
        if self._zip:
            report.check("parts", partial(demand, not others, ", ".join(others[:MOST_TOLD])))
            others = []
        beside = [name for name in BESIDES if self._prefix + name in there] + others
        if beside:
            report.note("besides", names=", ".join(beside[:MOST_TOLD]))

    def _check_events(self, report: Report, signed: Checkpoint) -> None:
        """Check one event after the other: a pack may be larger than the memory."""
        good = bare = count = 0
        places = set()
        for line in self._lines("events.jsonl"):
            event, why = self._examined(line, signed)
            count += 1
            bare += event.get("state") is None
            places.add(str(event.get("index")))
            good += not why
            if why and count - good <= MOST_TOLD:
                report.check("leaf", partial(demand, False, why), entry=event.get("entry"))
        report.check("events", partial(demand, good == count, ""), good=good, all=count, bare=bare)
        report.check("places", partial(demand, len(places) == count, "some have"))
        if bare:
            report.note("times", bare=bare)

    def _examined(self, line: str, signed: Checkpoint) -> tuple[dict[str, Any], str]:
        """Check one event; return it, and what is wrong with it."""
        event: dict[str, Any] = {}
        try:
            event = read_object(line)
            self._check_event(event, signed)
        except (Wrong, ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
            return event, str(wrong) or type(wrong).__name__
        return event, ""

    def _check_event(self, event: dict[str, Any], signed: Checkpoint) -> None:
        check_fields(event, EVENT)
        lines = check_leaf(event["entry"], event["leaf"])
        path = hexes(event["path"])
        check_inclusion(event["index"], signed.size, leaf_hash(event["leaf"].encode()), path, signed.root)
        if event["state"] is None:
            demand(isinstance(event["at"], str), "its time is none")
            return
        demand(sha256(event["state"].encode()) == lines[4], "the event's bytes have another hash")
        state = read_object(event["state"])
        demand(event["at"] == state["timestamp"], "it happened at another time")
        self._remember(lines, state)

    def _remember(self, lines: list[str], state: dict[str, Any]) -> None:
        """Keep what the rest of the pack is compared with: of all events, only the order and who got an account."""
        if lines[0] == self.told.get("order"):
            self._order = state
        if lines[1] == ISSUED and lines[0].startswith("board/"):
            demand(lines[2] not in self._hashes, "this account was issued before")
            self._hashes[lines[2]] = state["person_hash"]

    def _check_order(self, report: Report) -> None:
        if "order" in self.told:
            report.check("order", self._compare_order, entry=self.told["order"])
        else:
            report.note("no order")

    def _compare_order(self) -> None:
        """Compare what the pack says of itself with the event by which it was ordered."""
        demand(self._order is not None, "this entry is missing")
        purpose = f"{self._order['ground']}: {self._order['purpose']}"
        demand(self.told["purpose"] == purpose, "it was ordered for another purpose")
        demand(self.told["criteria"] == self._order["criteria"], "it was ordered by other criteria")
        at = re.sub(r"\.[0-9]+", "", self._order["timestamp"])
        demand(self.told["made_at"] == at, "it was ordered at another time")

    def _check_people(self, report: Report) -> None:
        if not self._has("people.jsonl"):
            return
        people = [self._recognised(line) for line in self._lines("people.jsonl")]
        wrong = [key for key, known in people if not known]
        told = ", ".join(wrong[:MOST_TOLD])
        report.check("people", lambda: demand(not wrong, told), good=len(people) - len(wrong), all=len(people))

    def _recognised(self, line: str) -> tuple[str, bool]:
        """Tell who stands in a line, and whether the log says so, too."""
        person: dict[str, Any] = {}
        try:
            person = read_object(line)
            check_fields(person, PERSON)
            found = sha256(bytes.fromhex(person["salt"]) + canonical(person["record"]))
            return str(person["key"]), bool(found == person["hash"] == self._hashes[person["key"]])
        except (Wrong, ValueError, TypeError, KeyError):
            return str(person.get("key")), False

    def _has(self, name: str) -> bool:
        return (
            self._prefix + name in self._zip.namelist() if self._zip else (self._folder / self._prefix / name).exists()
        )

    def _text(self, name: str) -> str:
        with self._opened(name) as file:
            return file.read()

    def _lines(self, name: str) -> Iterator[str]:
        with self._opened(name) as file:
            yield from (line for line in file if line.strip())

    def _opened(self, name: str) -> io.TextIOWrapper:
        try:
            path = self._folder / self._prefix / name
            raw = self._zip.open(self._prefix + name) if self._zip else path.open("rb")
        except (OSError, KeyError) as error:
            raise Unreadable(f"{name}: {error}") from error
        return io.TextIOWrapper(raw, encoding="utf-8", newline="\n")


def trusted_key(told: str) -> str:
    """Read the key that somebody knows from elsewhere."""
    try:
        return Key.read(told).text
    except (Wrong, ValueError) as wrong:
        raise Unreadable(f"--key: not a key of a log ({wrong})") from wrong


def examine(asked: argparse.Namespace, report: Report) -> int:
    """Check what was asked for."""
    path: Path = asked.file
    trusted = [trusted_key(asked.key)] if asked.key is not None else []
    if asked.consistency and not asked.older:
        raise Unreadable("--consistency goes with --older")
    if path.is_dir() or zipfile.is_zipfile(path):
        if asked.item or asked.older:
            raise Unreadable("--item and --older go with a receipt, not with a pack")
        Pack(path).check(report, trusted)
        return report.end()
    receipt = Receipt(path)
    receipt.check(report, trusted)
    if asked.item:
        receipt.check_item(report, asked.item)
    if asked.older:
        older = Receipt(asked.older)
        report.say("older receipt", file=asked.older)
        older.check(report, receipt.keys)
        receipt.check_older(report, older, asked.consistency)
    return report.end()


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, check, and tell."""
    tongue = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a receipt (JSON), or an audit pack (zip or folder)")
    parser.add_argument("--key", help="the log's key as you know it from elsewhere: name+id+base64")
    parser.add_argument("--item", type=Path, help="the published item as data (.json), or its saved page")
    parser.add_argument("--older", type=Path, help="a receipt that you kept earlier")
    parser.add_argument("--consistency", type=Path, help="the portal's answer at /api/v1/log/consistency")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi" if tongue.startswith("vi") else "en")
    asked = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    report = Report(asked.lang)
    try:
        return examine(asked, report)
    except Exception as error:  # noqa: BLE001 - ended by one, Python would exit with 1, which means: not genuine
        return report.give_up(error)


if __name__ == "__main__":
    sys.exit(main())
