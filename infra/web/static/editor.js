// The rich-text editor over every <textarea data-editor>. Its toolbar offers what an article may contain, no more.

import { asArticle } from "./pasting.js";
import { askForDescription, uploadPictures } from "./pictures.js";
import { words, vietnamese } from "./editor_words.js";

const { Jodit } = window;
const language = document.documentElement.lang;
if (language === "vi") Jodit.lang.vi = vietnamese;

const BLOCKS = { p: words.paragraph, h2: words.heading2, h3: words.heading3, h4: words.heading4, blockquote: words.quote };
const ALL = ["paragraph", "|", "bold", "italic", "underline", "|", "ul", "ol", "outdent", "indent", "|", "link", "picture", "table", "hr", "|",
  "superscript", "subscript", "eraser", "|", "undo", "redo", "find", "fullsize"];
const PHONE = ["paragraph", "bold", "italic", "ul", "ol", "link", "picture", "undo", "redo", "dots"];

for (const area of document.querySelectorAll("textarea[data-editor]")) edit(area);
document.addEventListener("shown", (event) => {
  for (const area of event.detail.querySelectorAll("textarea[data-editor]")) edit(area);
});

function edit(area) {
  const editor = Jodit.make(area, {
    language,
    nonce: document.querySelector("meta[property=csp-nonce]").nonce,
    buttons: area.dataset.images ? ALL : ALL.filter((name) => name !== "picture"),
    buttonsMD: ALL,
    buttonsSM: ALL,
    buttonsXS: area.dataset.images ? PHONE : PHONE.filter((name) => name !== "picture"),
    disablePlugins: ["about", "add-new-line", "ai-assistant", "class-span", "color", "drag-and-drop", "file", "font", "iframe", "image-processor",
      "justify", "line-height", "media", "paste-from-word", "paste-storage", "powered-by-jodit", "preview", "print", "resizer", "speech-recognize",
      "spellcheck", "symbols", "video", "xpath", "copy-format", "drag-and-drop-element", "source", "debug"],
    controls: { paragraph: { list: BLOCKS }, ul: { list: undefined }, ol: { list: undefined }, picture: pictureButton(area) },
    extraButtons: [],
    cleanHTML: { fillEmptyParagraph: false, replaceNBSP: true, denyTags: "script,iframe,object,embed,style,form" },
    link: { openInNewTabCheckbox: false, noFollowCheckbox: false, modeClassName: undefined, processVideoLink: false, hotkeys: ["ctrl+k", "cmd+k"] },
    table: { selectionCellStyle: "", useExtraClassesOptions: false },
    popup: {
      a: Jodit.atom(only("a", "link", "unlink")),
      img: Jodit.atom([altButton(), "bin"]),
      cells: Jodit.atom(only("cells", "splitv", "merge", "addcolumn", "addrow", "deleteTable")),
      table: Jodit.atom([]),
      toolbar: Jodit.atom([]),
    },
    image: { dialogWidth: 0, openOnDblClick: false, editSrc: false },
    toolbarAdaptive: true,
    toolbarSticky: true,
    toolbarButtonSize: "large",
    minHeight: 320,
    allowResizeX: false,
    allowResizeY: false,
    showXPathInStatusbar: false,
    showCharsCounter: false,
    showWordsCounter: false,
    hidePoweredByJodit: true,
    showPlaceholder: false,
    spellcheck: true,
    enter: "p",
    uploader: { insertImageAsBase64URI: false },
    tabIndex: 0,
  });
  connect(editor, area);
}

// The text belongs to the form: its field, its label, its error, its place in the error summary.
function connect(editor, area) {
  const text = editor.editor;
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
  text.setAttribute("role", "textbox");
  text.setAttribute("aria-multiline", "true");
  if (label) {
    label.id = `${area.id}-label`;
    text.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => area.focus());
  }
  // Whoever leads to the field (the error summary) leads to the text.
  area.focus = () => { text.scrollIntoView({ block: "center" }); editor.focus(); };
  for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) text.setAttribute(name, area.getAttribute(name));
  editor.events.on("change", () => {
    emptyIfBlank(area);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  area.addEventListener("restored", () => { editor.value = area.value; });
  area.form.addEventListener("submit", () => { editor.synchronizeValues(); emptyIfBlank(area); }, { capture: true });
  text.addEventListener("paste", (event) => take(event, event.clipboardData, editor, area), { capture: true });
  text.addEventListener("drop", (event) => take(event, event.dataTransfer, editor, area), { capture: true });
}

// A click into an empty editor leaves <p><br></p>: that is nothing typed.
function emptyIfBlank(area) {
  if (!/<(img|table|hr)\b/.test(area.value) && !area.value.replace(/<[^>]*>|&nbsp;|\s/g, "")) area.value = "";
}

// Whatever comes from outside is brought into the shape of an article before it stands in the text.
function take(event, data, editor, area) {
  const html = data.getData("text/html");
  const pictures = [...data.files].filter((file) => file.type.startsWith("image/"));
  if (!html && !pictures.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (html) {
    const { body, embedded, lost } = asArticle(html);
    editor.s.insertHTML(body);
    if (embedded.length && area.dataset.images) uploadPictures(editor, area, embedded);
    if (lost && !pictures.length) tell(area, words.picturesLost.replace("{count}", lost));
  }
  if (pictures.length && area.dataset.images && !(html && html.replace(/<[^>]*>/g, "").trim())) uploadPictures(editor, area, pictures);
}

// Of Jodit's buttons beside a thing in the text, those that change what an article keeps.
function only(thing, ...names) {
  return Jodit.defaultOptions.popup[thing].filter((button) => names.includes(button.name || button));
}

function pictureButton(area) {
  return {
    name: "picture",
    icon: "image",
    tooltip: words.picture,
    exec: (editor) => {
      const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", multiple: true });
      chooser.addEventListener("change", () => uploadPictures(editor, area, [...chooser.files]));
      chooser.click();
    },
  };
}

function altButton() {
  return {
    name: "alt",
    icon: "pencil",
    tooltip: words.describe,
    exec: async (editor, image) => {
      const described = await askForDescription(image.src, image.alt);
      if (described === null) return;
      image.alt = described;
      editor.synchronizeValues();
    },
  };
}

export function tell(area, text) {
  const field = area.closest(".field");
  const notice = field.querySelector(".editor-notice") || field.appendChild(document.createElement("p"));
  notice.className = "editor-notice hint";
  notice.setAttribute("role", "status");
  notice.textContent = text;
}
