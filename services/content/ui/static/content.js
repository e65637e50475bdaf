// What the browser adds to the writing form: the cover chosen is shown, and each language tells whether it is filled.

const form = document.querySelector(".form.writing");
const tabs = form.querySelector("[data-filled]");
const cover = form.querySelector("[data-cover]");
const before = cover.getAttribute("src");

form.elements.cover.addEventListener("change", ({ target }) => {
  if (cover.src.startsWith("blob:")) URL.revokeObjectURL(cover.src);
  const [file] = target.files;
  if (file) cover.src = URL.createObjectURL(file);
  else if (before) cover.src = before;
  cover.hidden = !file && !before;
});
cover.addEventListener("error", () => { cover.hidden = true; });  // no picture after all: the server says so

const written = (name) => form.elements[name].value.replace(/<(?!img)[^>]*>|&nbsp;|\s/g, "") !== "";

function tell(mark) {
  const [title, body] = ["title", "body"].map((part) => written(`${part}_${mark.dataset.language}`));
  mark.textContent = tabs.dataset[title && body ? "filled" : title || body ? "begun" : "empty"];
}

form.addEventListener("input", () => tabs.querySelectorAll(".filled").forEach(tell));
