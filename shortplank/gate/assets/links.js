// A link to another page of the dashboard stays in this document: the address changes as if the
// page had been left, and Streamlit reads it anew. A new document would take ten times as long.
(() => {
  const NO_PAGES = ["gate", "media", "static", "_stcore", "component"];

  function inside(link) {
    if (!link || link.hasAttribute("download")) return null;
    if (link.target && link.target !== "_self") return null;
    if (!link.closest("[data-testid='stApp']")) return null;
    const there = new URL(link.href, location.href);
    const folder = location.pathname.replace(/[^/]*$/, "");
    const page = there.pathname.slice(folder.length);
    const ours = there.origin === location.origin && there.pathname.startsWith(folder);
    return ours && !page.includes("/") && !NO_PAGES.includes(page) ? there : null;
  }

  // When the server begins a page, Streamlit writes that page's address. Who goes Back twice in a
  // tenth of a second is elsewhere by then: the address would be an entry that nobody made, and all
  // that lies ahead would be lost. All links are ours, so the page is never Streamlit's to change.
  const write = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const there = new URL(address ?? location.href, location.href);
    if (there.pathname === location.pathname) write(state, title, address);
  };

  // Asked for again where we are: the server may not have heard of it, having been away.
  window.shortplankGo = (address) => {
    const there = new URL(address, location.href);
    if (there.href !== location.href) write({}, "", there);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };

  // A page that is served without TLS has no clipboard; a field of the page has.
  function copy(text, link) {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    field.style.cssText = "position:fixed;opacity:0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    const said = link.textContent;
    link.textContent = done ? "已复制" : "没有复制成，请从地址栏复制";
    setTimeout(() => (link.textContent = said), 2000);
  }

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (event.defaultPrevented) return;
    const path = event.composedPath();
    const there = inside(path.find((node) => node instanceof HTMLAnchorElement));
    if (!there) return;
    event.preventDefault();
    if (path.some((node) => node.classList?.contains("copy"))) return copy(there.href, path[0]);
    if (there.href !== location.href) window.shortplankGo(there);
  });
})();
