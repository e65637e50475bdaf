// Long forms keep what was typed in this browser until it has been sent, and warn before it would be lost.

const words = document.documentElement.lang === "vi"
  ? { found: "Trình duyệt này còn giữ phần soạn chưa gửi, lúc", restore: "Khôi phục", discard: "Bỏ" }
  : { found: "This browser has kept text that was not sent, from", restore: "Restore it", discard: "Discard it" };

const PREFIX = "typed:";
const WEEK = 7 * 24 * 60 * 60 * 1000;

// Entries that were sent are dropped as soon as another page than an error or the same form has come up.
export function forgetSent() {
  if (document.querySelector("main.failure")) return;
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const entry = read(key);
    const old = !entry || Date.now() - entry.at > WEEK;
    if (old || (entry.sent && !document.querySelector(`input[name=form_id][value="${CSS.escape(entry.form)}"]`))) localStorage.removeItem(key);
  }
}

export function keepTyped(form) {
  const fields = [...form.querySelectorAll("textarea, input[type=text], input[type=date], input[type=datetime-local], select")];
  if (!fields.some((field) => field.tagName === "TEXTAREA")) return;
  const key = PREFIX + form.dataset.autosave;
  const initial = JSON.stringify(values(fields));
  let timer = 0;
  let dirty = false;
  const save = () => write(key, { at: Date.now(), form: form.elements.form_id.value, fields: values(fields) });
  form.addEventListener("input", () => {
    dirty = JSON.stringify(values(fields)) !== initial;
    clearTimeout(timer);
    timer = setTimeout(() => (dirty ? save() : localStorage.removeItem(key)), 400);
  });
  form.addEventListener("sending", () => {
    dirty = false;
    clearTimeout(timer);
    write(key, { at: Date.now(), form: form.elements.form_id.value, fields: values(fields), sent: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!dirty || !form.isConnected) return;
    clearTimeout(timer);
    save();
    event.preventDefault();
  });
  offer(form, fields, key, initial);
}

function offer(form, fields, key, initial) {
  const entry = read(key);
  const newer = document.querySelector(".summary, .notice.restored");  // the page itself shows what was typed last
  if (!entry || newer || JSON.stringify(entry.fields) === initial) return;
  const notice = document.createElement("div");
  notice.className = "notice note autosaved";
  const text = document.createElement("p");
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }).format(entry.at);
  text.textContent = `${words.found} ${time}. `;
  text.append(button(words.restore, () => {
    for (const field of fields) if (field.name in entry.fields) put(field, entry.fields[field.name]);
    notice.remove();
  }), button(words.discard, () => { localStorage.removeItem(key); notice.remove(); }));
  notice.append(text);
  form.before(notice);
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new CustomEvent("restored"));  // the editor shows it
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function values(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, field.value]));
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, entry) {
  try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* full or forbidden: the warning before leaving remains */ }
}
