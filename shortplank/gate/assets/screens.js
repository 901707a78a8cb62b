// What a style sheet cannot do for screens and keys: the way past the list of pages, and the list
// folded away where a screen is too narrow for it and for a picture.
(() => {
  const NARROW = "(min-width: 769px) and (max-width: 999px)";
  const main = () => document.querySelector("[data-testid='stMain']");
  const CONTROLS = "button, a[href], input, select, textarea, [tabindex='0']";
  const seen = (element) => element.offsetParent !== null;

  function skip() {
    const link = document.createElement("a");
    Object.assign(link, { className: "skip", href: "#main", textContent: "跳到正文" });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      [...(main()?.querySelectorAll(CONTROLS) ?? [])].find(seen)?.focus();
    });
    document.body.prepend(link);
  }

  // Once a visit: whoever unfolds it again wants it.
  function fold() {
    if (!matchMedia(NARROW).matches) return true;
    const button = document.querySelector("[data-testid='stSidebarCollapseButton'] button");
    button?.click();
    return Boolean(button);
  }

  function begin() {
    skip();
    if (fold()) return;
    const watch = new MutationObserver(() => fold() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true });
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
