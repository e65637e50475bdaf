// Long forms keep what was typed in this browser until it has been sent, and warn before it would be lost.

const words = document.documentElement.lang === "vi"
  ? {
    found: "Trình duyệt này còn giữ phần soạn chưa gửi, lúc",
    unanswered: "Trình duyệt này còn giữ phần đã gửi nhưng chưa rõ đã lưu hay chưa, lúc",
    restore: "Khôi phục",
    discard: "Bỏ",
  }
  : {
    found: "This browser has kept text that was not sent, from",
    unanswered: "This browser has kept text that was sent, but not confirmed as saved, from",
    restore: "Restore it",
    discard: "Discard it",
  };

const PREFIX = "typed:";
const HOUR = 60 * 60 * 1000;
const WEEK = 7 * 24 * HOUR;
const NUMBER_KNOWN = 23 * HOUR;  // the portal knows for a day which forms were carried out (infra/web/form_memory.py)

// An entry that was sent is dropped when a page says that its form was carried out, and on no other sign.
export function forgetSent() {
  const answered = [...document.querySelectorAll(".notice.done[data-answers]")].map((notice) => notice.dataset.answers);
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const entry = read(key);
    const old = !entry || Date.now() - entry.at > WEEK;
    if (old || (entry.sent && answered.includes(entry.form))) localStorage.removeItem(key);
  }
}

export function keepTyped(form) {
  if (!form.querySelector("textarea")) return;
  const key = PREFIX + form.dataset.autosave;
  const initial = JSON.stringify(typed(form));
  const entry = (more) => ({ at: Date.now(), form: form.elements.form_id.value, fields: typed(form), ...more });
  let timer = 0;
  let dirty = false;
  form.addEventListener("input", () => {
    dirty = JSON.stringify(typed(form)) !== initial;
    clearTimeout(timer);
    timer = setTimeout(() => (dirty ? write(key, entry()) : localStorage.removeItem(key)), 400);
  });
  form.addEventListener("sending", () => {
    dirty = false;
    clearTimeout(timer);
    write(key, entry({ sent: true }));
  });
  form.addEventListener("unsent", () => {
    dirty = true;
    write(key, entry());
  });
  window.addEventListener("beforeunload", (event) => {
    if (!dirty || !form.isConnected) return;
    clearTimeout(timer);
    write(key, entry());
    event.preventDefault();
  });
  offer(form, key, initial);
}

function offer(form, key, initial) {
  const kept = read(key);
  const newer = document.querySelector(".summary, .notice.restored, .notice.differs");  // the page itself shows what was typed last
  if (!kept || newer || JSON.stringify(kept.fields) === initial) return;
  const notice = document.createElement("div");
  notice.className = "notice note autosaved";
  const text = document.createElement("p");
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }).format(kept.at);
  text.textContent = `${kept.sent ? words.unanswered : words.found} ${time}. `;
  text.append(
    button(words.restore, () => { restore(form, kept); notice.remove(); }),
    button(words.discard, () => { localStorage.removeItem(key); notice.remove(); }),
  );
  notice.append(text);
  form.before(notice);
}

// The number comes back with the text: if it was carried out after all, the portal knows it and does not do it twice. A number
// of which only the acts are remembered does not: what was added to the text since would be taken for the same.
function restore(form, { at, form: number, fields }) {
  if (Date.now() - at < NUMBER_KNOWN) form.elements.form_id.value = number;
  for (const field of fieldsOf(form)) {
    const values = fields[field.name] || [];
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
    field.dispatchEvent(new CustomEvent("restored"));  // the editor shows it
  }
  form.dispatchEvent(new Event("input"));
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !["hidden", "file", "password", "submit"].includes(field.type));
}

function typed(form) {
  const fields = {};
  for (const field of fieldsOf(form)) {
    if (["radio", "checkbox"].includes(field.type) ? field.checked : field.value) (fields[field.name] ??= []).push(field.value);
  }
  return fields;
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, entry) {
  try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* full or forbidden: the warning before leaving remains */ }
}
