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

  new MutationObserver(() => {
    if (!followed || !card() || card().dataset.left) return;
    const next = links().find((link) => link.textContent === followed) ?? links().at(-1);
    followed = "";
    next?.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
