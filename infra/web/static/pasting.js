// Brings pasted HTML (Word, Google Docs, web pages) into the shape of an article: the same marks that the server keeps.
// The server cleans again; this only lets people see at once what they will get.

const KEPT = new Set(["P", "H2", "H3", "H4", "UL", "OL", "LI", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "A", "IMG", "BLOCKQUOTE",
  "STRONG", "EM", "U", "SUB", "SUP", "HR", "BR", "FIGURE", "FIGCAPTION"]);
const RENAMED = { B: "STRONG", I: "EM", H1: "H2", H5: "H4", H6: "H4", DIV: "P", INS: "U", CAPTION: "P" };
const DROPPED = new Set(["SCRIPT", "STYLE", "META", "LINK", "TITLE", "HEAD", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "TEMPLATE", "NOSCRIPT", "XML", "INPUT", "BUTTON", "SELECT", "TEXTAREA"]);
const BLOCKS = "p,h2,h3,h4,ul,ol,table,blockquote,hr,figure";
const ATTRIBUTES = { A: ["href"], IMG: ["src", "alt", "width", "height"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"], OL: ["start"] };
const LINK = /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i;

// Returns `body` (HTML), `embedded` (pictures that came inside the paste, as files), `lost` (how many stayed elsewhere).
export function asArticle(html) {
  const fragment = html.replace(/<!--[\s\S]*?-->/g, "").replace(/<(style|script|xml)\b[\s\S]*?<\/\1\s*>/gi, "");
  const page = new DOMParser().parseFromString(fragment, "text/html");
  wordLists(page.body);
  const embedded = [];
  let lost = 0;
  for (const image of page.body.querySelectorAll("img")) {
    const source = image.getAttribute("src") || "";
    const ours = source.replace(location.origin, "");  // copying makes addresses absolute
    if (ours.startsWith("/files/")) { image.setAttribute("src", ours); continue; }
    const file = source.startsWith("data:image/") ? fileOf(source, image.alt) : null;
    if (file) embedded.push(file);
    else lost += 1;
    image.remove();
  }
  const target = document.implementation.createHTMLDocument("").body;
  for (const node of [...page.body.childNodes]) copy(node, target);
  tidy(target);
  return { body: target.innerHTML.trim(), embedded, lost };
}

function copy(node, target) {
  if (node.nodeType === Node.TEXT_NODE) { target.append(node.data.replace(/[\s\u00a0]+/g, " ")); return; }
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName) || node.tagName.includes(":") && !node.textContent.trim()) return;
  const name = RENAMED[node.tagName] || node.tagName;
  let inner = target;
  if (KEPT.has(name) && !(node.tagName === "DIV" && node.querySelector("p,div,table,ul,ol,h1,h2,h3,h4")) && !fakeBold(node)) {
    inner = target.appendChild(target.ownerDocument.createElement(name));
    keepAttributes(node, inner);
  }
  for (const mark of marksOf(node)) inner = inner.closest(mark) ? inner : inner.appendChild(target.ownerDocument.createElement(mark));
  for (const child of node.childNodes) copy(child, inner);
}

// Google Docs wraps everything in <b style="font-weight:normal">.
function fakeBold(node) {
  return ["B", "STRONG"].includes(node.tagName) && /^(normal|400)$/.test(node.style.fontWeight);
}

function marksOf(node) {
  if (node.tagName !== "SPAN" && node.tagName !== "FONT") return [];
  const { fontWeight, fontStyle, textDecoration, textDecorationLine, verticalAlign } = node.style;
  const marks = [];
  if (fontWeight === "bold" || Number(fontWeight) >= 600) marks.push("strong");
  if (fontStyle === "italic") marks.push("em");
  if (/underline/.test(textDecoration + textDecorationLine)) marks.push("u");
  if (verticalAlign === "super") marks.push("sup");
  if (verticalAlign === "sub") marks.push("sub");
  return marks;
}

function keepAttributes(from, to) {
  for (const name of ATTRIBUTES[to.tagName] || []) {
    const value = from.getAttribute(name);
    if (value && (name !== "href" || LINK.test(value))) to.setAttribute(name, value);
  }
}

// Word writes list items as paragraphs: style="mso-list:l0 level1 lfo1", the bullet inside a span "mso-list:Ignore".
function wordLists(body) {
  let stack = [];
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4")]) {
    const style = paragraph.getAttribute("style") || "";
    const level = Number(/mso-list:[^;]*level(\d)/.exec(style)?.[1] || 0);
    const follows = stack.length && paragraph.previousElementSibling === stack[0].list;
    if (!level) { stack = []; continue; }
    if (!follows) stack = [];
    const bullet = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.getAttribute("style") || ""));
    const numbered = /^[\s\u00a0]*(\d+|[a-zA-ZđĐ]|[ivxIVX]+)[.)]/.test(bullet?.textContent || "");
    bullet?.remove();
    while (stack.length && stack.at(-1).level > level) stack.pop();
    if (!stack.length || stack.at(-1).level < level) {
      const list = body.ownerDocument.createElement(numbered ? "ol" : "ul");
      const parent = stack.at(-1)?.list.lastElementChild;
      if (parent) parent.append(list);
      else paragraph.before(list);
      stack.push({ level, list });
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    stack.at(-1).list.append(item);
    paragraph.remove();
  }
}

function tidy(body) {
  for (const mark of body.querySelectorAll("a u")) mark.replaceWith(...mark.childNodes);
  for (const block of body.querySelectorAll("p, h2, h3, h4, li, td, th, blockquote")) trim(block);
  for (const part of body.querySelectorAll("table, thead, tbody, tr, ul, ol")) {
    for (const node of [...part.childNodes]) if (node.nodeType === Node.TEXT_NODE && !node.data.trim()) node.remove();
  }
  for (const anchor of body.querySelectorAll("a:not([href])")) anchor.replaceWith(...anchor.childNodes);
  for (const item of body.querySelectorAll("li > p:only-child, td > p:only-child, th > p:only-child")) item.replaceWith(...item.childNodes);
  for (const mark of body.querySelectorAll("strong:empty, em:empty, u:empty, sub:empty, sup:empty")) mark.remove();
  for (const outer of body.querySelectorAll("p")) if (outer.querySelector(BLOCKS)) outer.replaceWith(...outer.childNodes);
  for (const block of body.querySelectorAll("p, h2, h3, h4, blockquote, li")) {
    if (!block.textContent.trim() && !block.querySelector("img, table")) block.remove();
  }
  for (const node of [...body.childNodes]) if (node.nodeName === "BR" || (node.nodeType === Node.TEXT_NODE && !node.data.trim())) loosen(node);
}

// Space and line breaks beside blocks mean nothing; between words they do.
function loosen(node) {
  const block = (beside) => !beside || beside.matches?.(BLOCKS);
  if (block(node.previousSibling) || block(node.nextSibling)) node.remove();
}

function trim(block) {
  const { firstChild: first, lastChild: last } = block;
  if (first?.nodeType === Node.TEXT_NODE) first.data = first.data.trimStart();
  if (last?.nodeType === Node.TEXT_NODE) last.data = last.data.trimEnd();
}

function fileOf(source, name) {
  const [head, data] = source.split(",", 2);
  const type = head.slice(5).split(";")[0];
  if (!head.endsWith(";base64") || !["image/png", "image/jpeg", "image/gif", "image/webp"].includes(type)) return null;
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new File([bytes], name || `picture.${type.slice(6)}`, { type });
}
