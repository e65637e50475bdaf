// What the browser adds to the staff pages. Every page works without it.

import { forgetSent, keepTyped } from "./autosave.js";
import { sendWithProgress } from "./upload.js";

const words = document.documentElement.lang === "vi"
  ? { characters: "ký tự", tooLarge: "Tệp quá lớn. Hãy chọn tệp nhỏ hơn.", confirm: "Xác nhận" }
  : { characters: "characters", tooLarge: "This file is too large. Choose a smaller one.", confirm: "Confirm" };

forgetSent();
prepareAll(document);

function prepareAll(root) {
  for (const form of root.querySelectorAll("form")) prepare(form);
  for (const tabs of root.querySelectorAll("[data-tabs]")) prepareTabs(tabs);
  for (const field of root.querySelectorAll("[data-longest]")) countCharacters(field);
  for (const field of root.querySelectorAll("[data-most-bytes]")) checkSize(field);
  for (const place of root.querySelectorAll("[data-focus]")) place.focus();
}

document.addEventListener("click", (event) => {
  const complaint = event.target.closest(".summary a[href^='#']");
  if (complaint) setTimeout(() => document.getElementById(complaint.hash.slice(1))?.focus());  // after a tab has opened
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.account[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.account[open]")) menu.open = false;
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-sent]")) release(button);
});

function prepare(form) {
  if (form.dataset.autosave) keepTyped(form);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.dataset.confirm && !button.dataset.confirmed) {
      event.preventDefault();
      ask(button);
      return;
    }
    if (form.method === "get" || form.target) return;  // asks, or opens beside this page: may be repeated
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "yes";
    form.dispatchEvent(new CustomEvent("sending"));
    for (const each of form.querySelectorAll("button[type=submit]")) hold(each);
    if (!hasFiles(form)) return;
    event.preventDefault();
    sendWithProgress(form, button, {
      shown: (main) => { prepareAll(main); document.dispatchEvent(new CustomEvent("shown", { detail: main })); },
      failed: () => {
        form.querySelectorAll("button[data-sent]").forEach(release);
        form.dispatchEvent(new CustomEvent("unsent"));
      },
    });
  });
}

// Held by aria-disabled, not `disabled`: the name and value of the pressed button must still be sent.
function hold(button) { button.dataset.sent = "yes"; button.setAttribute("aria-disabled", "true"); }
function release(button) {
  delete button.dataset.sent;
  button.removeAttribute("aria-disabled");
  if (button.form) delete button.form.dataset.sending;
}

function hasFiles(form) {
  return [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length > 0);
}

function ask(button) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const question = document.createElement("h2");
  question.textContent = button.dataset.confirm;
  question.id = "confirmation";
  dialog.setAttribute("aria-labelledby", "confirmation");
  const row = document.createElement("div");
  row.className = "buttons";
  const yes = document.createElement("button");
  yes.className = "button";
  yes.type = "button";
  yes.textContent = button.textContent.trim();
  const no = document.createElement("button");
  no.className = "button quiet-button";
  no.type = "button";
  no.textContent = button.dataset.confirmCancel || "×";
  row.append(yes, no);
  dialog.append(question, row);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
  yes.addEventListener("click", () => {
    button.dataset.confirmed = "yes";
    dialog.close();
    button.form.requestSubmit(button);
    delete button.dataset.confirmed;
  });
  dialog.showModal();
  no.focus();
}

function prepareTabs(tabs) {
  const links = [...tabs.querySelectorAll("a[href^='#']")];
  tabs.setAttribute("role", "tablist");
  const show = (chosen) => {
    for (const link of links) {
      const here = link === chosen;
      link.setAttribute("aria-selected", String(here));
      link.tabIndex = here ? 0 : -1;
      document.querySelector(link.hash).hidden = !here;
    }
    window.dispatchEvent(new Event("resize"));  // an editor that was hidden fits its toolbar
  };
  for (const link of links) {
    link.setAttribute("role", "tab");
    const panel = document.querySelector(link.hash);
    link.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", link.id);
    link.addEventListener("click", (event) => { event.preventDefault(); show(link); });
    link.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = links[(links.indexOf(link) + step + links.length) % links.length];
      show(next);
      next.focus();
    });
  }
  const wrong = links.find((link) => document.querySelector(link.hash).querySelector(".wrong"));
  const asked = links.find((link) => link.hash === location.hash);
  show(wrong || asked || links[0]);
  // A link of the error summary leads into a hidden panel: open it first.
  document.addEventListener("click", (event) => {
    const target = event.target.closest(".summary a") && document.querySelector(event.target.closest("a").hash);
    const tab = target && links.find((link) => document.querySelector(link.hash).contains(target));
    if (tab) show(tab);
  });
}

function countCharacters(field) {
  const longest = Number(field.dataset.longest);
  if (longest > 10000 || field.type === "password") return;
  const count = document.createElement("p");
  count.className = "count";
  count.setAttribute("aria-live", "polite");
  const tell = () => {
    const length = [...field.value].length;
    count.hidden = length < longest * 0.8;
    count.classList.toggle("over", length > longest);
    count.textContent = `${length} / ${longest} ${words.characters}`;
  };
  field.after(count);
  field.addEventListener("input", tell);
  tell();
}

function checkSize(field) {
  field.addEventListener("change", () => {
    const over = [...field.files].some((file) => file.size > Number(field.dataset.mostBytes));
    field.setCustomValidity(over ? words.tooLarge : "");
    let notice = field.parentElement.querySelector(".error.local");
    if (!over) { notice?.remove(); return; }
    notice ??= field.insertAdjacentElement("beforebegin", Object.assign(document.createElement("p"), { className: "error local" }));
    notice.setAttribute("role", "alert");
    notice.textContent = words.tooLarge;
  });
}
