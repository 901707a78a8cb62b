// A table of counts that are typed or pasted. A count that somebody typed stands in its field until
// the server says that it has taken it: neither a new run of the page nor a lost connection, nor a
// key that comes while either happens, takes it away.
const grids = new WeakMap();
const WAIT = 200; // milliseconds of quiet before what was typed is sent
const MANY = 30; // a table of more rows scrolls in itself

export default function ({ data, parentElement, setStateValue }) {
  let grid = grids.get(parentElement);
  if (!grid) grids.set(parentElement, (grid = new Grid(parentElement, data.taken)));
  grid.send = (typed) => setStateValue("typed", typed);
  grid.show(data);
  return () => { grid.leave(); grids.delete(parentElement); };
}

class Grid {
  constructor(parent, taken) {
    this.parent = parent;
    this.root = parent.querySelector(".counts");
    this.table = this.root.querySelector("table");
    this.line = this.root.querySelector(".line");
    this.pending = new Map(); // field → what stands in it and in which message it was sent last
    this.number = taken;
    this.fields = new Map();
    this.shape = "";
    this.timer = 0;
    this.table.oninput = (event) => this.typed(event.target);
    this.table.onkeydown = (event) => this.key(event);
    this.table.onpaste = (event) => this.paste(event);
    this.table.onfocusin = (event) => this.told(event.target);
    this.table.onclick = (event) => this.entered === event.target || this.enter(event.target);
    this.table.onfocusout = () => this.flush();
    // A finger on a button takes the focus from no field.
    this.onpress = () => this.flush();
    document.addEventListener("pointerdown", this.onpress, true);
    addEventListener("pagehide", this.onpress);
  }

  leave() {
    this.flush();
    document.removeEventListener("pointerdown", this.onpress, true);
    removeEventListener("pagehide", this.onpress);
  }

  // --- what the server says --------------------------------------------------------------------
  show(data) {
    this.number = Math.max(this.number, data.taken);
    const wrong = new Set(data.wrong);
    for (const [name, kept] of this.pending)
      if (kept.number <= data.taken && !wrong.has(name)) this.pending.delete(name);
    const shape = JSON.stringify([data.label, data.corner, data.rows, data.columns]);
    if (shape !== this.shape) this.build(data, this.shape !== "");
    this.shape = shape;
    for (const [name, field] of this.fields) {
      const kept = this.pending.get(name);
      const value = kept ? kept.text : String(data.values[name] ?? "");
      if (field.value !== value) field.value = value;
      field.classList.toggle("wrong", wrong.has(name) && kept !== undefined);
      field.setAttribute("aria-invalid", String(field.classList.contains("wrong")));
    }
  }

  build(data, again) {
    this.fields.clear();
    this.hint = data.hint;
    this.table.setAttribute("aria-label", data.label);
    const head = node("tr", {}, [node("th", { scope: "col" }, [data.corner])]);
    for (const column of data.columns)
      head.append(node("th", { scope: "col", title: column.about }, [column.label]));
    this.cells = data.rows.map((row) => {
      const cells = data.columns.map((column, at) => {
        const fixed = row.fixed[at];
        if (fixed !== null) return node("td", { class: "fixed" }, [fixed]);
        const name = row.fields[at];
        const field = node("input", {
          type: "text", inputmode: "numeric", autocomplete: "off", enterkeyhint: "next",
          "aria-label": row.about[at], "data-name": name,
        });
        this.fields.set(name, field);
        return node("td", {}, [field]);
      });
      return [node("th", { scope: "row" }, [row.label]), ...cells];
    });
    this.table.replaceChildren(
      node("thead", {}, [head]),
      node("tbody", {}, this.cells.map((cells) => node("tr", {}, cells))),
    );
    this.table.parentElement.classList.toggle("many", data.rows.length > MANY);
    this.told(null);
    if (again) this.root.scrollIntoView({ block: "start" });
  }

  // --- what somebody does ----------------------------------------------------------------------
  typed(field) {
    const name = field.dataset.name;
    if (!name) return;
    this.pending.set(name, { text: field.value, number: this.number + 1 });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  flush() {
    clearTimeout(this.timer);
    if (![...this.pending.values()].some((kept) => kept.number > this.number)) return;
    this.number += 1;
    const fields = {};
    for (const [name, kept] of this.pending) fields[name] = kept.text;
    this.send({ number: this.number, fields });
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target, [row, column] = this.place(field);
    const { selectionStart: from, selectionEnd: to, value } = field;
    const all = from === 0 && to === value.length;
    const step = {
      Enter: [event.shiftKey ? -1 : 1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0],
      ArrowLeft: all || to === 0 ? [0, -1] : null,
      ArrowRight: all || from === value.length ? [0, 1] : null,
    }[event.key];
    if (!step) return;
    event.preventDefault();
    this.next(row, column, step)?.focus();
  }

  next(row, column, [down, right]) {
    for (;;) {
      row += down;
      column += right;
      const cell = this.cells[row]?.[column];
      if (!cell || column < 1) return null;
      const field = cell.querySelector("input");
      if (field) return field;
    }
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return; // one count goes in as it is typed
    event.preventDefault();
    const [row, column] = this.place(event.target);
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((count, right) => {
        const field = this.cells[row + down]?.[column + right]?.querySelector("input");
        if (!field) return;
        field.value = count.trim();
        this.typed(field);
      }));
    this.flush();
  }

  place(field) {
    const cell = field.closest("td");
    return [cell.parentElement.sectionRowIndex, cell.cellIndex];
  }

  told(field) {
    this.line.textContent = field?.getAttribute("aria-label") ?? this.hint;
    this.entered = null;
    field?.select?.();
  }

  // The click by which a field is entered puts the caret somewhere: all is selected after it again.
  enter(field) {
    this.entered = field;
    field.select?.();
  }
}

function node(tag, attributes, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
