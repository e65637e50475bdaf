// Checks a receipt in the browser, with its own cryptography and nothing else: no library, nothing from elsewhere.
// What is said stands in the page (receipt.html); this only tells of each step whether it holds, and why not.
(() => {
  const desk = document.querySelector("[data-receipt]");
  if (!desk) return;
  const utf8 = new TextEncoder();
  const reasons = JSON.parse(desk.dataset.reasons);
  const title = document.querySelector(".receipt .page__title"); // shown by the portal, until the proven one is known
  const unsigned = desk.querySelector("[data-unsigned]");

  class Wrong extends Error {}
  const demand = (holds, why) => {
    if (!holds) throw new Wrong(why);
  };

  // Bytes and hashes ------------------------------------------------------------------------------------------------

  const fromHex = (text) => {
    demand(/^([0-9a-f]{2})*$/.test(text), "not hexadecimal");
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  };
  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromBase64 = (text) => {
    try {
      return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    } catch {
      throw new Wrong("not base64");
    }
  };
  const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const leafHash = (text) => sha256(joined([0], utf8.encode(text)));
  const nodeHash = (left, right) => sha256(joined([1], left, right));

  // The one way in which JSON is spelled before it is hashed: names sorted, no spaces.
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  };

  // Reads JSON in which no name stands twice in one object, for every reader would see another one: there must be as
  // many names in the text as in what was read from it.
  const said = (text) => {
    const names = (value) => {
      const inside = value !== null && typeof value === "object" ? Object.values(value) : [];
      return inside.reduce((sum, each) => sum + names(each), Array.isArray(value) ? 0 : inside.length);
    };
    const read = JSON.parse(text);
    const written = text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) || [];
    if (written.filter((each) => each.endsWith(":")).length !== names(read)) throw new SyntaxError("a name stands twice");
    return read;
  };

  // The tree (RFC 9162, sections 2.1.3.2 and 2.1.4.2); sizes may be larger than what bit operators know -----------------

  const half = (number) => Math.floor(number / 2);
  const isRight = (place, last) => place % 2 === 1 || place === last;
  const upToARightChild = (place, last) => {
    while (place > 0 && place % 2 === 0) [place, last] = [half(place), half(last)];
    return [place, last];
  };

  const checkInclusion = async (index, size, leaf, path, root) => {
    demand(Number.isSafeInteger(index) && index >= 0 && index < size, "no such place");
    let [place, last, found] = [index, size - 1, leaf];
    for (const sibling of path.map(fromHex)) {
      demand(last > 0, "the path is too long");
      const right = isRight(place, last);
      found = right ? await nodeHash(sibling, found) : await nodeHash(found, sibling);
      if (right) [place, last] = upToARightChild(place, last);
      [place, last] = [half(place), half(last)];
    }
    demand(last === 0, "the path is too short");
    demand(equal(found, root), "the path leads to another root");
  };

  const checkConsistency = async (older, newer, path) => {
    demand(older.size > 0 && older.size <= newer.size, "the log is shorter now");
    if (older.size === newer.size) return demand(equal(older.root, newer.root), "two roots for one size");
    let [place, last] = [older.size - 1, newer.size - 1];
    while (place % 2 === 1) [place, last] = [half(place), half(last)];
    const nodes = (place === 0 ? [older.root] : []).concat(path.map(fromHex));
    demand(nodes.length > 0, "the proof is too short");
    let [first, second] = [nodes[0], nodes[0]];
    for (const sibling of nodes.slice(1)) {
      demand(last > 0, "the proof is too long");
      if (isRight(place, last)) {
        [first, second] = [await nodeHash(sibling, first), await nodeHash(sibling, second)];
        [place, last] = upToARightChild(place, last);
      } else {
        second = await nodeHash(second, sibling);
      }
      [place, last] = [half(place), half(last)];
    }
    demand(last === 0 && equal(first, older.root), "the beginning was rewritten");
    demand(equal(second, newer.root), "the proof leads to another root");
  };

  // Signed notes and keys (C2SP signed-note, tlog-checkpoint) ---------------------------------------------------------

  const readCheckpoint = (note) => {
    const cut = note.lastIndexOf("\n\n");
    const lines = note.slice(0, cut).split("\n");
    demand(cut > 0 && lines.length === 3 && /^(0|[1-9][0-9]{0,15})$/.test(lines[1]), "not a signed checkpoint");
    const signed = note.slice(cut + 2).split("\n").filter((line) => line.startsWith("— ")).map((line) => line.split(" "));
    return {
      origin: lines[0],
      size: Number(lines[1]),
      root: fromBase64(lines[2]),
      text: note.slice(0, cut + 1),
      signatures: signed.map(([, name, data]) => ({ name, data: fromBase64(data || "") })),
    };
  };

  const readKey = async (line) => {
    const [text, after = "0", byPrevious = "", byItself = ""] = line.split(" ");
    const [, name, id, data] = text.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/) || [];
    const raw = fromBase64(data || "");
    const known = (await sha256(joined(utf8.encode(`${name}\n`), raw))).slice(0, 4);
    demand(raw[0] === 1 && raw.length === 33 && toHex(known) === id, "not an Ed25519 key");
    return { text, name, id: known, raw: raw.slice(1), after: Number(after), byPrevious, byItself };
  };

  const readKeys = async (text) => {
    const keys = await Promise.all(text.split("\n").filter(Boolean).map(readKey));
    demand(keys.length > 0, "there is no key");
    return keys;
  };

  const fits = async (key, signature, text) => {
    const imported = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, utf8.encode(text));
  };

  const knowsEd25519 = () =>
    crypto.subtle.importKey("raw", fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
      { name: "Ed25519" }, false, ["verify"]).then(() => true, () => false);

  const checkKeys = async (keys) => {
    for (const [number, key] of keys.slice(1).entries()) {
      const previous = keys[number];
      const text = `${key.name}\nkey change after ${key.after}\n${previous.text}\n${key.text}\n`;
      demand(key.name === previous.name && key.after >= previous.after, "the keys are not in order");
      demand(await fits(previous, fromBase64(key.byPrevious), text), "a key was not handed over by the one before it");
      demand(await fits(key, fromBase64(key.byItself), text), "a key was not claimed by who holds it");
    }
  };

  const checkSignature = async (checkpoint, keys) => {
    const key = keys.filter((each) => each.after < checkpoint.size).pop() || keys[0];
    demand(checkpoint.origin === key.name, "the checkpoint of another log");
    const signed = checkpoint.signatures.filter(({ name, data }) => name === key.name && equal(data.slice(0, 4), key.id));
    demand(signed.length > 0, "not signed by the key that was valid then");
    for (const { data } of signed) demand(await fits(key, data.slice(4), checkpoint.text), "the signature does not fit");
    return key;
  };

  // The steps, in their order ---------------------------------------------------------------------------------------

  const steps = {
    async leaf({ receipt }) {
      const [entry, , subject, version, hash, end, ...more] = receipt.leaf.split("\n");
      demand(more.length === 0 && end === "" && /^[0-9]+$/.test(version) && /^[0-9a-f]{64}$/.test(hash), "not five lines");
      demand(entry === receipt.entry, "it is that of another entry");
      demand(subject === receipt.item.id && subject === desk.dataset.item, "it belongs to another item");
    },
    async state({ receipt }) {
      demand(toHex(await sha256(utf8.encode(receipt.state))) === receipt.leaf.split("\n")[4], "it has another hash");
      const { act, timestamp, clause, content_hash: edited, edition } = said(receipt.state);
      const shown = [act.capacity, act.on_behalf_of || "", timestamp, clause, edited ? edition : 0].join("\n");
      demand(shown === desk.dataset.said, "this page says something else");
    },
    async content({ receipt }) {
      const told = said(receipt.state);
      const named = told.content_hash || "";
      demand(named === (receipt.content_hash || "") && named === desk.dataset.content, "another content hash is shown");
      if (!named) return "unneeded";
      demand(toHex(await sha256(utf8.encode(canonical(told.content)))) === named, "it has another hash");
      const texts = told.content.texts;
      title.textContent = (texts[title.lang || document.documentElement.lang] || Object.values(texts)[0]).title;
    },
    async path(work) {
      work.checkpoint = readCheckpoint(work.receipt.checkpoint);
      const { receipt, checkpoint } = work;
      await checkInclusion(receipt.index, checkpoint.size, await leafHash(receipt.leaf), receipt.path, checkpoint.root);
    },
    async signature(work) {
      const keys = await readKeys(work.receipt.keys);
      unsigned.hidden = await knowsEd25519();
      if (!unsigned.hidden) return "unchecked";
      await checkKeys(keys);
      work.key = await checkSignature(work.checkpoint, keys);
      show("key", work.key.text);
    },
    async current(work) {
      const now = await asked(desk.dataset.checkpoint, isCheckpoint);
      const newer = readCheckpoint(now.note);
      demand(now.keys.startsWith(work.receipt.keys.trim()), "the log names other keys now");
      if (work.key) {
        const keys = await readKeys(now.keys);
        await checkKeys(keys);
        await checkSignature(newer, keys);
      }
      const between = work.checkpoint.size < newer.size;
      const address = `${desk.dataset.consistency}?old=${work.checkpoint.size}&new=${newer.size}`;
      await checkConsistency(work.checkpoint, newer, between ? (await asked(address, isProof)).path : []);
      return work.key ? "good" : "unsigned";
    },
  };

  // What is not answered in the shape that was asked for is not answered: it could not be checked, and is no forgery.
  class Away extends Error {}
  const isCheckpoint = ({ note, keys }) => typeof note === "string" && typeof keys === "string";
  const isProof = ({ path }) => Array.isArray(path) && path.every((each) => /^[0-9a-f]{64}$/.test(each));
  const asked = async (address, isAnswer = () => true) => {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    const told = answer && answer.ok ? await answer.text().then(said).catch(() => null) : null;
    if (told === null || !isAnswer(told)) throw new Away();
    return told;
  };

  // What the reader sees --------------------------------------------------------------------------------------------

  const show = (name, value) => {
    desk.querySelectorAll(`[data-show="${name}"]`).forEach((place) => { place.textContent = value; });
  };
  const mark = (step, state, why = "") => {
    const line = desk.querySelector(`[data-step="${step}"]`);
    line.dataset.state = state;
    line.querySelector("[data-mark]").textContent = desk.dataset[`mark${state}`] || "";
    line.querySelector("[data-why]").textContent = why;
  };
  const conclude = (state) => {
    desk.dataset.state = state;
    desk.querySelectorAll("[data-verdict]").forEach((each) => { each.hidden = each.dataset.verdict !== state; });
  };

  const outcome = async (step, work) => {
    try {
      const state = (await steps[step](work)) || "good";
      mark(step, state);
      return state;
    } catch (failure) {
      const state = failure instanceof Away ? "unchecked" : "wrong";
      const why = failure instanceof Wrong ? reasons[failure.message] || failure.message : desk.dataset.malformed;
      mark(step, state, state === "wrong" ? why : "");
      return state;
    }
  };

  const check = async (receipt) => {
    const names = Object.keys(steps);
    names.forEach((step) => mark(step, "waiting"));
    conclude("working");
    show("key", "–");
    unsigned.hidden = true;
    const work = { receipt };
    const states = {};
    for (const step of names) {
      const lacks = (step === "signature" || step === "current") && !work.checkpoint;
      if (lacks) mark(step, "unchecked");
      states[step] = lacks ? "unchecked" : await outcome(step, work);
    }
    const found = Object.values(states);
    const partly = found.includes("unchecked") || found.includes("unsigned") ? "partly" : "good";
    conclude(found.includes("wrong") ? "wrong" : partly);
  };

  const begin = async () => {
    if (!window.crypto || !crypto.subtle) return conclude("unable");
    const receipt = await asked(desk.dataset.receipt).catch(() => null);
    return receipt ? check(receipt) : conclude("absent");
  };

  const read = async (file) => {
    const receipt = await file.text().then(said).catch(() => null);
    if (!receipt || receipt.format !== "minhbach-receipt/1") return conclude("unreadable");
    show("entry", receipt.entry);
    return receipt.entry === desk.dataset.entry ? check(receipt) : conclude("another");
  };

  desk.querySelector("[data-again]").addEventListener("click", begin);
  desk.querySelector("[data-kept]").addEventListener("change", (event) => event.target.files[0] && read(event.target.files[0]));
  desk.hidden = false;
  begin();
})();
