// The tour's card goes from page to page: the link that was followed keeps the focus in the next
// card, so that Enter alone goes on, and Esc inside of it leaves.
(() => {
  let followed = "";
  const card = () => document.querySelector("nav.tour");
  const links = () => [...(card()?.querySelectorAll("a") ?? [])];

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("nav.tour a");
    followed = link ? link.textContent : "";
    if (link) link.closest("nav").dataset.left = "1";
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest?.("nav.tour")) return;
    event.stopPropagation();
    links().at(-1)?.click();
  }, true);

  // A page is hidden until it will not move any more, and its parts are exchanged at will: the link
  // is given the focus again until somebody does something.
  function keep() {
    if (!followed || !card() || card().dataset.left) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = links().find((link) => link.textContent === followed) ?? links().at(-1);
    next?.focus({ preventScroll: true });
    if (document.activeElement !== next) requestAnimationFrame(keep);
  }

  for (const done of ["keydown", "pointerdown"]) {
    document.addEventListener(done, () => (followed = ""), true);
  }
  new MutationObserver(keep).observe(document.documentElement, { childList: true, subtree: true });
})();
