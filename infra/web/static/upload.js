// Forms with files are sent with a progress bar. What is wrong is shown without losing the files that were chosen.

const words = document.documentElement.lang === "vi"
  ? { sending: "Đang gửi", working: "Đang xử lý…", failed: "Không gửi được. Hãy kiểm tra kết nối rồi thử lại." }
  : { sending: "Sending", working: "Working…", failed: "It could not be sent. Check your connection and try again." };

// `button`: the one that was pressed; `shown(main)`: called after the answer stands on this page; `failed()`: nothing came.
export function sendWithProgress(form, button, { shown, failed }) {
  const [bar, text] = progressIn(form);
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
    if (next) location.assign(next);
    else shown(swap(request.responseText, form));
  });
  request.addEventListener("error", () => {
    text.className = "error";
    text.textContent = words.failed;
    failed();
  });
  request.send(new FormData(form, button));
}

function progressIn(form) {
  const box = form.querySelector(".upload") || form.appendChild(document.createElement("div"));
  box.className = "upload";
  box.replaceChildren(document.createElement("progress"), document.createElement("p"));
  const [bar, text] = box.children;
  bar.max = 100;
  bar.setAttribute("aria-label", words.sending);
  text.setAttribute("role", "status");
  return [bar, text];
}

// Puts the answer's <main> in place of ours. Chosen files move over, unless the answer complains of them.
function swap(html, form) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = document.adoptNode(page.querySelector("main"));
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
