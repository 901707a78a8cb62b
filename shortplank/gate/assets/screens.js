// What a style sheet cannot do for screens and keys: the way past the list of pages, and the list
// folded away where a screen is too narrow for it and for a picture.
(() => {
  const NARROW = "(min-width: 769px) and (max-width: 999px)";
  const main = () => document.querySelector("[data-testid='stMain']");
  const CONTROLS = "button, a[href], input, select, textarea, [tabindex='0']";
  const seen = (element) => element.offsetParent !== null;

  function skip() {
    const link = document.createElement("a");
    Object.assign(link, { className: "skip", href: "#root", textContent: "跳到正文" });
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

  // What the page's root says of what is on it: a style sheet that asks `:has()` of so large a part is
  // computed anew at every element that comes, 40 ms of a page's turn.
  const ROOT = document.documentElement;
  const TOLD = {
    listed: () => main() && !document.querySelector("[data-testid='stSidebar'] [data-testid='stSkeleton']"),
    folded: () => document.querySelector("[data-testid='stExpandSidebarButton']"),
    toured: () => document.querySelector("nav.tour"),
    chosen: () => document.querySelector("section.selected"),
  };
  const tell = () => Object.entries(TOLD).forEach(([name, is]) => {
    if (ROOT.classList.contains(name) !== Boolean(is())) ROOT.classList.toggle(name);
  });

  // A page stands when it has its title, or says why it has none, and every part has its code.
  function stands() {
    const said = main()?.querySelector("h1, [data-testid='stAlert'], [data-testid='stException']");
    if (!said || document.querySelector("[data-testid='stSkeleton']")) return false;
    tell();
    ROOT.classList.add("stands");
    return true;
  }

  // A fold that somebody has opened stays open when its page is drawn anew.
  const unfolded = new Set();
  document.addEventListener("toggle", ({ target }) => {
    const key = target.dataset?.fold;
    if (key) unfolded[target.open ? "add" : "delete"](key);
  }, true);

  // What Streamlit gives no name or no way to by keys, or puts there closed.
  function mend() {
    tell();
    for (const fold of document.querySelectorAll("details[data-fold]:not([open])"))
      fold.open = unfolded.has(fold.dataset.fold);
    for (const zone of document.querySelectorAll("[data-testid='stFileUploaderDropzone'][role='presentation']"))
      zone.setAttribute("role", "group");
    for (const block of document.querySelectorAll("[data-testid='stCode'] pre:not([tabindex])"))
      block.tabIndex = 0;
  }

  function begin() {
    skip();
    let folded = fold(), standing = stands(), waiting = false;
    const changed = () => {
      folded ||= fold();
      standing ||= stands();
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mend();
      });
    };
    new MutationObserver(changed).observe(document.body, { childList: true, subtree: true });
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
