// The box that finds pages by typing: one dialog a document, with the words that a page's opener has.
// Every key is answered by the server; what is typed meanwhile is never lost, and Enter waits for it.
(() => {
  const AGAIN = 2000; // milliseconds, after which a server that was not there is asked again
  const state = { number: 0, answered: -1, at: 0, rows: [], first: false, timer: 0, asking: null, words: null };

  function make(name, settings = {}, ...children) {
    const element = Object.assign(document.createElement(name), settings);
    element.append(...children);
    return element;
  }

  function attributes(element, named) {
    for (const [name, value] of Object.entries(named)) element.setAttribute(name, value);
    return element;
  }

  const input = attributes(
    make("input", { type: "text", autocomplete: "off", spellcheck: false, enterKeyHint: "go" }),
    { role: "combobox", "aria-autocomplete": "list", "aria-controls": "ask-list",
      "aria-expanded": "false", autocapitalize: "off", maxlength: "60" });
  const shut = make("button", { type: "button", className: "ask-shut" });
  const list = attributes(make("ul", { id: "ask-list" }), { role: "listbox" });
  const found = attributes(make("p", { className: "ask-found" }), { "aria-live": "polite" });
  const said = attributes(make("p", { className: "ask-said" }), { role: "status" });
  const dialog = make("dialog", { className: "ask" },
    make("div", { className: "ask-line" }, input, shut), said, list, found);

  // --- asking and answering ----------------------------------------------------------------------
  async function ask() {
    clearTimeout(state.timer);
    state.asking?.abort();
    if (!dialog.open) return;
    const { number } = state, page = location.pathname.replace(/^.*\//, "");
    const { signal } = (state.asking = new AbortController());
    const settings = { method: "POST", body: input.value, signal };
    const answer = await fetch(`./ask/${page}${location.search}`, settings).catch(() => null);
    if (answer?.status === 200) hear(number, await answer.json());
    else if (answer?.status === 500) hear(number, { rows: [], said: [state.words.unable], found: "" });
    else if (!signal.aborted) state.timer = setTimeout(ask, AGAIN);
  }

  function typed(event) {
    if (event?.isComposing) return;
    state.number += 1;
    state.first = false;
    ask();
  }

  function hear(number, data) {
    if (number !== state.number || number === state.answered) return;
    clearTimeout(state.timer);
    Object.assign(state, { answered: number, rows: data.rows, at: 0 });
    list.replaceChildren(...data.rows.map((row, at) => attributes(
      make("li", { id: `ask-${at}`, textContent: row.text }), { role: "option" })));
    list.hidden = !data.rows.length;
    said.textContent = data.said.join("；");
    found.textContent = data.found;
    mark();
    if (state.first) go(0);
  }

  function mark() {
    const some = state.rows.length > 0;
    input.setAttribute("aria-expanded", String(some));
    if (some) input.setAttribute("aria-activedescendant", `ask-${state.at}`);
    else input.removeAttribute("aria-activedescendant");
    [...list.children].forEach((row, number) => {
      row.setAttribute("aria-selected", String(number === state.at));
      if (number === state.at) row.scrollIntoView({ block: "nearest" });
    });
  }

  function go(number) {
    if (state.answered !== state.number) {
      state.first = true;
      return;
    }
    const row = state.rows[number];
    if (!row) return;
    dialog.close();
    const there = new URL(row.to, location.href);
    if (there.href === location.href) return;
    if (window.shortplankGo) window.shortplankGo(there);
    else location.assign(there);
  }

  function inHall() {
    return new URLSearchParams(location.search).get("present") === "1";
  }

  // --- keys and fingers --------------------------------------------------------------------------
  // The words are the page's, and so are its colours and its letters.
  function dress() {
    const told = document.querySelector(".ask-open[data-words]")?.dataset.words;
    if (!told) return false;
    const words = (state.words = JSON.parse(told));
    attributes(dialog, { "aria-label": words.label });
    attributes(input, { "aria-label": words.label, placeholder: words.placeholder });
    attributes(list, { "aria-label": words.listed });
    shut.textContent = words.close;
    const app = getComputedStyle(document.querySelector("[data-testid='stApp']"));
    const { backgroundColor, color, fontFamily, colorScheme } = app;
    Object.assign(dialog.style, { backgroundColor, color, fontFamily, colorScheme });
    dialog.classList.toggle("ask-hall", inHall());
    return true;
  }

  function open() {
    if (dialog.open || !dress()) return;
    Object.assign(state, { rows: [], at: 0 });
    input.value = "";
    list.replaceChildren();
    list.hidden = true;
    said.textContent = "";
    dialog.showModal();
    mark();
    input.focus();
    typed();
  }

  function move(by) {
    const many = state.rows.length;
    if (!many) return;
    state.at = (state.at + by + many) % many;
    mark();
  }

  const keys = {
    ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => go(state.at),
    Escape: () => dialog.close(),
  };

  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return; // the input method's own keys
    const act = event.target === shut && event.key === "Enter" ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // an input method's Escape closes its own list alone
  });
  dialog.addEventListener("close", () => {
    clearTimeout(state.timer);
    state.asking?.abort();
    state.first = false;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside the box
  });
  input.addEventListener("input", typed);
  input.addEventListener("compositionend", () => typed());
  shut.addEventListener("click", () => dialog.close());
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row) go([...list.children].indexOf(row));
  });

  function writing(target) {
    return target instanceof HTMLElement
      && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // With a Chinese input method the key sends what that makes of it.
    const slash = event.key === "/" || (event.code === "Slash" && !event.shiftKey && event.key.length > 1);
    if (!slash || dialog.open || writing(event.composedPath()[0])) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".ask-open")) open();
  });

  if (document.body) document.body.append(dialog);
  else document.addEventListener("DOMContentLoaded", () => document.body.append(dialog));
})();
