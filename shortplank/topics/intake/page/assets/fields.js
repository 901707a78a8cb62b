// The fields of a form. What is typed lives in this page until the server says that it has it: over
// reruns, a lost connection and a session begun anew, the fields' own elements included.
// A pause as long as this ends a count for most hands; who never pauses is heard all the same.
const SOON = 300, LATEST = 2000, AGAIN = 3000, SELDOM = 12000; // milliseconds
const LONGEST = 40; // characters; no count is as long

// --- what the server has not confirmed yet -----------------------------------------------------
class Unsent {
  cells = new Map(); // "area|measure" → its text, and the number of the change
  number = 0;
  token = null; // the server's session; another one knows of nothing that was sent to the one before
  send = null; // none while the form is not on the page
  since = 0;
  tried = 0;
  timer = 0;

  change(id, text) {
    this.cells.set(id, { text: text.slice(0, LONGEST), number: ++this.number });
    this.soon();
  }

  soon() {
    this.since ||= performance.now();
    this.tried = 0;
    this.wait(Math.max(0, Math.min(SOON, this.since + LATEST - performance.now())));
  }

  wait(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), time);
  }

  // Always all of it, so that nothing hangs on a message before; again until it is confirmed.
  now() {
    clearTimeout(this.timer);
    this.since = 0;
    if (!this.cells.size || !this.send) return;
    const cells = [...this.cells].map(([id, { text }]) => [...id.split("|"), text]);
    this.tried += 1;
    this.send({ token: this.token, number: this.number, tried: this.tried, cells });
    this.wait(Math.min(SELDOM, AGAIN * this.tried));
  }

  hear(token, confirmed, send) {
    const another = token !== this.token || !this.send;
    if (token === this.token)
      for (const [id, { number }] of this.cells) if (number <= confirmed) this.cells.delete(id);
    this.token = token;
    this.send = send;
    if (!this.cells.size) clearTimeout(this.timer);
    else if (another) this.soon();
  }
}

const unsent = new Map(); // by form
const tops = new Map(); // by form: the village that its fields were of
const unsentOf = (form) => unsent.get(form) ?? unsent.set(form, new Unsent()).get(form);

addEventListener("beforeunload", (event) => {
  if (![...unsent.values()].some((each) => each.cells.size && each.send)) return;
  for (const each of unsent.values()) each.now();
  event.preventDefault();
});

addEventListener("online", () => unsent.forEach((each) => each.now()));

// --- elements --------------------------------------------------------------------------------
function make(name, settings = {}, ...children) {
  const { role, label, ...own } = settings;
  const element = Object.assign(document.createElement(name), own);
  if (role) element.setAttribute("role", role);
  if (label) element.setAttribute("aria-label", label);
  element.append(...children);
  return element;
}

// A name of two levels breaks between them.
function named(text) {
  return text.split("·").flatMap((level, n) => (n ? ["·", make("wbr"), level] : [level]));
}

function field(view, row, column) {
  const { rows, columns, list, told } = view.data;
  const [area, measure] = list ? [columns[column], rows[row]] : [rows[row], columns[column]];
  const label = list ? rows[row].label : `${rows[row].label} ${columns[column].label}`;
  const input = make("input", {
    type: "text", inputMode: "numeric", autocomplete: "off", enterKeyHint: "next", label,
  });
  input.cell = { id: `${area.key}|${measure.key}`, row, column };
  input.about = [list ? "" : area.label, measure.about, ...told[row][column]];
  return input;
}

function tableOf(view) {
  const { rows, columns, list, corner, before, label, title } = view.data;
  const head = columns.map((each) =>
    make("th", { scope: "col", title: each.about ?? "", className: "count" }, ...named(each.label)));
  if (list) head.unshift(make("th", { scope: "col", className: "before" }, before));
  const body = rows.map((row, r) => {
    const cells = columns.map((_, c) => {
      const input = (view.inputs[r] ??= [])[c] = field(view, r, c);
      const last = make("span", { className: "before" });
      (view.lasts[r] ??= [])[c] = last;
      return list ? [make("td", { className: "before" }, last), make("td", {}, input)]
        : [make("td", {}, input, last)];
    });
    return make("tr", {}, make("th", { scope: "row", title: row.about ?? "" }, ...named(row.label)),
      ...cells.flat());
  });
  const table = make("table", { className: list ? "list" : "grid", label },
    make("thead", {}, make("tr", {}, make("th", { scope: "col", className: "corner" }, corner), ...head)),
    make("tbody", {}, ...body));
  if (title) table.prepend(make("caption", {}, title));
  return table;
}

function build(view) {
  view.inputs = [];
  view.lasts = [];
  view.about = make("p", { className: "about" }, view.data.words.hint);
  view.box = make("div", { className: "box" }, tableOf(view));
  view.place.replaceChildren(view.box, view.about);
}

// Where somebody types while the form is built anew: the next key goes into the same field.
function hold(view) {
  const input = view.place.getRootNode().activeElement;
  if (!input?.cell) return null;
  const { selectionStart: from, selectionEnd: to } = input;
  return { id: input.cell.id, text: input.value, touched: view.touched === input, from, to };
}

function resume(view, { id, text, touched, from, to }) {
  const input = view.inputs.flat().find((each) => each.cell.id === id);
  if (!input) return;
  if (touched) input.value = text;
  input.focus({ preventScroll: true });
  input.setSelectionRange(from, to);
  view.touched = touched ? input : null;
}

// What a field shows: what was typed and is not confirmed, or what the server has.
function fill(view) {
  const { values, lasts, wrong } = view.data, refused = new Set(wrong);
  view.inputs.forEach((row, r) => row.forEach((input, c) => {
    const { id } = input.cell;
    view.lasts[r][c].textContent = lasts[r][c];
    input.toggleAttribute("aria-invalid", refused.has(id) && !view.unsent.cells.has(id));
    // Not under the hands of somebody who types in it: 0 might become 05.
    if (input !== view.touched) show(view, input);
  }));
}

function show(view, input) {
  const { id, row, column } = input.cell;
  const text = view.unsent.cells.get(id)?.text ?? view.data.values[row][column];
  if (input.value !== text) input.value = text;
}

// --- typing ----------------------------------------------------------------------------------
function enter(view, input, text) {
  input.removeAttribute("aria-invalid");
  view.unsent.change(input.cell.id, text);
}

function say(view, input) {
  view.about.textContent = input.about.filter(Boolean).join(" · ");
}

function paste(view, event) {
  const text = event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
  if (!/[\t\n]/.test(text)) return; // one count: the field takes it by itself
  event.preventDefault();
  let lines = text.split(/\r?\n|\r/).map((line) => line.split("\t"));
  if (view.data.list && lines.length === 1) lines = lines[0].map((cell) => [cell]);
  const { row, column } = event.target.cell;
  let beyond = 0;
  lines.forEach((cells, r) => cells.forEach((cell, c) => {
    const input = view.inputs[row + r]?.[column + c];
    if (!input) beyond += cell.trim() !== "";
    else {
      input.value = cell.trim();
      enter(view, input, input.value);
    }
  }));
  if (beyond) view.about.textContent = view.data.words.beyond.replace("{}", beyond);
}

function step(view, event) {
  const input = event.target, { row, column } = input.cell, key = event.key;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const at = (end) => all || (input.selectionStart === end && input.selectionEnd === end);
  let to = null;
  if (key === "ArrowDown" || (key === "Enter" && !event.shiftKey)) to = [row + 1, column];
  else if (key === "ArrowUp" || key === "Enter") to = [row - 1, column];
  else if (event.shiftKey) return;
  else if (key === "ArrowLeft" && at(0)) to = [row, column - 1];
  else if (key === "ArrowRight" && at(input.value.length)) to = [row, column + 1];
  if (!to) return;
  event.preventDefault();
  view.inputs[to[0]]?.[to[1]]?.focus();
}

function listen(view) {
  const on = (name, does) => view.place.addEventListener(name, (event) => {
    if (event.target.cell) does(event, event.target);
  });
  on("input", (_, input) => {
    view.touched = input;
    enter(view, input, input.value);
  });
  on("paste", (event) => paste(view, event));
  on("keydown", (event) => step(view, event));
  on("focusin", (_, input) => {
    view.fresh = input;
    input.select();
    say(view, input);
  });
  on("click", (_, input) => {
    if (view.fresh === input && input.selectionStart === input.selectionEnd) input.select();
    view.fresh = null;
  });
  on("focusout", (event, input) => {
    view.touched = null;
    // Streamlit says in a dialog that the connection is lost; afterwards the hands are here again.
    view.left = event.relatedTarget?.closest?.('[role="dialog"]') ? input.cell.id : null;
    show(view, input);
    if (!event.relatedTarget?.cell) view.unsent.now(); // before what is clicked next
  });
}

// --- what Streamlit calls at each run ----------------------------------------------------------
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = { place: make("div", { className: "fields" }), touched: null, shape: "" };
    views.set(parentElement, view);
    parentElement.append(view.place);
    listen(view);
  }
  const { values, lasts, wrong, token, confirmed, ...rest } = data;
  const shape = JSON.stringify(rest), send = (typed) => setStateValue("typed", typed);
  if (view.form !== data.form && view.unsent) view.unsent.send = null;
  Object.assign(view, { data, form: data.form, unsent: unsentOf(data.form) });
  view.unsent.hear(token, confirmed, send);
  const stays = shape === view.shape, held = stays ? null : hold(view);
  if (!stays) build(view);
  view.shape = shape;
  fill(view);
  if (held) resume(view, held);
  if (view.left && document.activeElement === document.body)
    view.inputs.flat().find((each) => each.cell.id === view.left)?.focus();
  const another = tops.has(data.form) && tops.get(data.form) !== data.title;
  tops.set(data.form, data.title);
  if (another && data.title) view.place.scrollIntoView({ block: "start" });
  return () => {
    if (view.unsent.send === send) view.unsent.send = null;
  };
}
