// Forms with files are sent with a progress bar. Whatever goes wrong, the files that were chosen stay chosen.

const words = document.documentElement.lang === "vi"
  ? {
    sending: "Đang gửi",
    working: "Đang xử lý…",
    failed: "Không gửi được. Hãy kiểm tra kết nối rồi thử lại.",
    tooLarge: "Các tệp gửi cùng lúc quá lớn. Hãy chọn tệp nhỏ hơn hoặc gửi làm nhiều lần.",
  }
  : {
    sending: "Sending",
    working: "Working…",
    failed: "It could not be sent. Check your connection and try again.",
    tooLarge: "The files are too large to be sent together. Choose smaller ones, or send them in several steps.",
  };

// `button`: the one that was pressed; `shown(main)`: called after the answer stands on this page; `failed()`: the form
// stands as it did, below what went wrong.
export function sendWithProgress(form, button, { shown, failed }) {
  const [bar, text] = progressIn(form);
  const fail = (sentence) => { bar.parentElement.remove(); complain(form, sentence); failed(); };
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "yes");
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", (event) => {
    const percent = Math.round((event.loaded / event.total) * 100);
    bar.value = percent;
    text.textContent = percent < 100 ? `${words.sending} ${percent} %` : words.working;
  });
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("X-Location");
    if (next) { location.assign(next); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main || main.matches(".failure")) fail(sentenceOf(request.status, main));
    else shown(swap(page, main, form));
  });
  request.addEventListener("error", () => fail(words.failed));
  request.send(new FormData(form, button));
}

function progressIn(form) {
  document.querySelector(".notice.unsent")?.remove();
  const box = form.querySelector(".upload") || form.appendChild(document.createElement("div"));
  box.className = "upload";
  box.replaceChildren(document.createElement("progress"), document.createElement("p"));
  const [bar, text] = box.children;
  bar.max = 100;
  bar.setAttribute("aria-label", words.sending);
  text.setAttribute("role", "status");
  return [bar, text];
}

// A server in front of the portal answers without a `main` of ours.
function sentenceOf(status, main) {
  if (status === 413) return words.tooLarge;
  if (!main) return words.failed;
  const [title, advice, number] = ["h1", ".lead", ".quiet"].map((part) => main.querySelector(part)?.textContent.trim() ?? "");
  return `${title}. ${advice} ${number}`;
}

function complain(form, sentence) {
  const notice = document.createElement("div");
  notice.className = "notice wrong unsent";
  notice.setAttribute("role", "alert");
  notice.tabIndex = -1;
  notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  form.before(notice);
  notice.focus();
}

// Puts the answer's <main> in place of ours. Chosen files move over, unless the answer complains of them.
function swap(page, answer, form) {
  const main = document.adoptNode(answer);
  for (const chosen of form.querySelectorAll("input[type=file]")) {
    const fresh = chosen.files.length && main.querySelector(`#${CSS.escape(chosen.id)}`);
    if (!fresh || fresh.hasAttribute("aria-invalid")) continue;
    fresh.nextElementSibling?.matches(".hint.again") && fresh.nextElementSibling.remove();
    fresh.replaceWith(chosen);
  }
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  window.scrollTo(0, 0);
  return main;
}
