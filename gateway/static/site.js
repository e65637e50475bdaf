// Three comforts for browsers that can: share, print, and a menu that shows where one is. Everything works without them.
(() => {
  const share = document.querySelector("[data-share]");
  const address = () => document.querySelector('link[rel="canonical"]').href;
  if (share && (navigator.share || navigator.clipboard)) {
    share.hidden = false;
    share.addEventListener("click", async () => {
      if (navigator.share) {
        await navigator.share({ title: document.title, url: address() }).catch(() => {});
      } else {
        await navigator.clipboard.writeText(address());
        share.textContent = share.dataset.done || share.textContent;
      }
    });
  }
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const here = document.querySelector(".menu [aria-current]");
  if (here) {
    const list = here.closest(".menu__list");
    list.scrollLeft = here.offsetLeft - list.clientWidth / 2 + here.clientWidth / 2;
  }
})();
