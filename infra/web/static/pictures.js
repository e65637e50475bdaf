// Pictures for the editor's text: asked for a description, uploaded one by one, then put where the cursor was.

import { tell } from "./editor.js";
import { words } from "./editor_words.js";

export async function uploadPictures(editor, area, files) {
  editor.s.save();
  const described = [];
  for (const file of files) {
    const preview = URL.createObjectURL(file);
    const alt = await askForDescription(preview, "");
    URL.revokeObjectURL(preview);
    if (alt !== null) described.push([file, alt]);
  }
  editor.s.restore();
  for (const [file, alt] of described) await upload(editor, area, file, alt);
}

async function upload(editor, area, file, alt) {
  tell(area, words.sending);
  const body = new FormData();
  body.append("file", file, file.name || "picture.png");
  try {
    const answer = await fetch(area.dataset.images, { method: "POST", body, headers: { "X-CSRF-Token": area.form.elements.csrf_token.value, Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) { tell(area, said.title || words.failed); return; }
    const image = editor.createInside.element("img");
    image.src = said.url;
    image.alt = alt;
    for (const side of ["width", "height"]) if (said[side]) image.setAttribute(side, said[side]);
    editor.s.insertNode(image);
    editor.synchronizeValues();
    tell(area, words.sent);
  } catch {
    tell(area, words.failed);
  }
}

// Resolves to the description, "" for a picture that only decorates, null when the person thought better of it.
export function askForDescription(source, known) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.innerHTML = '<form method="dialog"><label for="picture-alt"></label><p class="hint"></p><img class="picture-preview" alt=""><input id="picture-alt" maxlength="300">'
      + '<div class="buttons"><button class="button" value="insert"></button><button class="button quiet-button" type="button"></button></div></form>';
    dialog.querySelector("label").textContent = words.describe;
    dialog.querySelector(".hint").textContent = words.describeHint;
    dialog.querySelector("img").src = source;
    dialog.querySelector("input").value = known;
    const [insert, cancel] = dialog.querySelectorAll("button");
    insert.textContent = words.insert;
    cancel.textContent = words.cancel;
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "insert" ? dialog.querySelector("input").value.trim() : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
