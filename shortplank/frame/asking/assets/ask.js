// The box that finds pages by typing. One dialog a document: whatever page mounts it takes it over.
// Every key is answered by the server; what is typed meanwhile is never lost, and Enter waits for it.
const AGAIN = 2000; // milliseconds, after which an answer that did not come is asked for again
const state = { number: 0, answered: -1, at: 0, rows: [], first: false, timer: 0, send: null };

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
function ask() {
  clearTimeout(state.timer);
  if (!dialog.open) return;
  state.send?.({ text: input.value, number: state.number });
  state.timer = setTimeout(ask, AGAIN);
}

function typed(event) {
  if (event?.isComposing) return;
  state.number += 1;
  state.first = false;
  ask();
}

function hear(data) {
  if (data.number !== state.number || data.number === state.answered) return;
  clearTimeout(state.timer);
  Object.assign(state, { answered: data.number, rows: data.rows, at: 0 });
  list.replaceChildren(...data.rows.map((row, number) => attributes(
    make("li", { id: `ask-${number}`, textContent: row.text }), { role: "option" })));
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
function open() {
  if (dialog.open || !state.send) return;
  dialog.classList.toggle("ask-hall", inHall());
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

export default function ({ data, parentElement, setTriggerValue }) {
  const told = JSON.parse(new TextDecoder().decode(data)), { words } = told;
  const send = (value) => setTriggerValue("typed", value);
  state.send = send;
  if (dialog.parentElement !== parentElement) {
    const head = make("button", { type: "button", className: "ask-open ask-head" });
    head.append(words.head);
    head.hidden = inHall();
    attributes(head, { "aria-label": words.label, "aria-haspopup": "dialog" });
    parentElement.append(head, dialog);
  }
  attributes(dialog, { "aria-label": words.label });
  attributes(input, { "aria-label": words.label, placeholder: words.placeholder });
  attributes(list, { "aria-label": words.listed });
  shut.textContent = words.close;
  hear(told);
  return () => {
    if (state.send === send) state.send = null;
  };
}
