// Tables of the pages: sorted by their headings, turned page by page, and copied with numbers as
// numbers. All state is here in the browser; a table that the server changes begins anew.
(() => {
  const own = new WeakMap(); // table → its rows as the server sent them, and how many a page has
  const words = new Intl.Collator("zh", { numeric: true });
  const LEADING = /^(<?)([+\-−]?\d[\d,]*(?:\.\d+)?)/; // also of a band: <3, 10–20
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  let wanted = null; // what the button copies

  const plain = (cell) => (cell.dataset.v ?? cell.textContent).replace(/\s+/g, " ").trim();

  // --- sorting -------------------------------------------------------------------------------
  function value(cell) {
    const text = cell ? plain(cell) : "";
    if (!text || text === "–") return null;
    let number = Number(text);
    const leading = Number.isNaN(number) && LEADING.exec(text);
    if (leading) {
      number = Number(leading[2].replaceAll(",", "").replace("−", "-"));
      if (leading[1]) number -= 0.5;
    }
    return { text, number };
  }

  // What begins with a number goes by it and before all other text.
  function compare(a, b) {
    const [left, right] = [!Number.isNaN(a.number), !Number.isNaN(b.number)];
    if (left !== right) return left ? -1 : 1;
    return (left && a.number - b.number) || words.compare(a.text, b.text);
  }

  function sorted(rows, column, direction) {
    if (direction === "none") return rows;
    const sign = direction === "ascending" ? 1 : -1;
    const pairs = rows.map((row) => [value(row.cells[column]), row]);
    const [there, missing] = [pairs.filter(([v]) => v), pairs.filter(([v]) => !v)];
    there.sort((a, b) => sign * compare(a[0], b[0]));
    return [...there, ...missing].map(([, row]) => row);
  }

  function sort(head) {
    const table = head.closest("table");
    const bodies = [...table.tBodies];
    if (!own.has(table)) {
      const rows = bodies.flatMap((body) => [...body.rows]);
      own.set(table, { rows, size: bodies[0].rows.length });
    }
    const direction = NEXT[head.getAttribute("aria-sort")] ?? "ascending";
    for (const each of head.parentNode.cells) each.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", direction);
    const { rows, size } = own.get(table);
    const now = sorted(rows, head.cellIndex, direction);
    bodies.forEach((body, at) => body.replaceChildren(...now.slice(at * size, (at + 1) * size)));
    turn(table, 0);
  }

  // --- pages ---------------------------------------------------------------------------------
  function turn(table, to) {
    const bodies = [...table.tBodies];
    const pages = table.closest(".sheet")?.querySelector(".pages");
    if (!pages || to < 0 || to >= bodies.length) return;
    bodies.forEach((body, at) => body.classList.toggle("now", at === to));
    pages.querySelector("b").textContent = to + 1;
    for (const button of pages.querySelectorAll("[data-turn]"))
      button.setAttribute("aria-disabled", !bodies[to + Number(button.dataset.turn)]);
    table.parentNode.scrollTop = 0;
  }

  function turned(button) {
    const table = button.closest(".sheet").querySelector("table.data");
    const at = [...table.tBodies].findIndex((body) => body.classList.contains("now"));
    turn(table, at + Number(button.dataset.turn));
  }

  // --- picking -------------------------------------------------------------------------------
  function pick(row, byMouse) {
    const button = row.querySelector(".pick");
    const marking = byMouse && !getSelection().isCollapsed && getSelection().containsNode(row, true);
    if (!button || marking) return;
    const box = row.closest(".table-box");
    for (const each of box.querySelectorAll(".pick"))
      each.setAttribute("aria-pressed", each === button);
    const detail = { table: box.dataset.key, row: Number(button.dataset.row) };
    document.dispatchEvent(new CustomEvent("shortplank:pick", { detail }));
  }

  // --- copying -------------------------------------------------------------------------------
  // A text that a spreadsheet would run, or read as a quotation, is written as the files have it.
  function cell(each) {
    const text = plain(each);
    if (each.classList.contains("n") && each.tagName === "TD") return text;
    if (/^[=+\-@]/.test(text)) return `'${text}`;
    return text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text;
  }

  const lines = (rows) => rows.map((row) => row.map((each) => (each ? cell(each) : "")).join("\t")).join("\n");
  const whole = (table) => lines([...table.rows].map((row) => [...row.cells]));

  // A selection begins or ends before or behind a cell's text where nothing of it is chosen.
  function isChosen(range, each) {
    if (!range.intersectsNode(each)) return false;
    const { startContainer: start, endContainer: end } = range;
    if (range.endOffset === 0 && each.contains(end)) return false;
    const passed = start.nodeType === 3 && range.startOffset === start.length;
    return !(passed && each.contains(start));
  }

  function chosen() {
    const selection = getSelection();
    if (selection.isCollapsed) {
      const at = document.activeElement;
      return at?.matches(".table-box") ? whole(at.querySelector("table")) : null;
    }
    const range = selection.getRangeAt(0);
    const around = range.commonAncestorContainer;
    const table = (around.closest ? around : around.parentElement)?.closest(".sheet")?.querySelector("table.data");
    if (!table) return null;
    const rows = [...table.rows]
      .filter((row) => row.offsetParent)
      .map((row) => [...row.cells].map((each) => (isChosen(range, each) ? each : null)))
      .filter((row) => row.some(Boolean));
    const cells = rows.flat().filter(Boolean);
    if (!cells.length) return null;
    if (cells.length === 1) {
      const all = selection.toString().trim() === cells[0].textContent.trim();
      return all ? plain(cells[0]) : null;
    }
    return lines(rows.length === 1 ? [cells] : rows);
  }

  function tell(table, text) {
    if (!table) return;
    const told = table.closest(".sheet").querySelector(".told");
    told.textContent = text;
    clearTimeout(told.timer);
    told.timer = setTimeout(() => (told.textContent = ""), 6000);
  }

  async function copyAll(table) {
    const text = (wanted = whole(table));
    let done = document.execCommand("copy"); // needs no https, unlike the clipboard's own interface
    wanted = null;
    if (!done) done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    const count = [...table.tBodies].reduce((sum, body) => sum + body.rows.length, 0);
    tell(table, done ? `已复制 ${count} 行，可粘贴到电子表格` : "浏览器不让复制，请用下载的文件");
  }

  document.addEventListener("copy", (event) => {
    const text = wanted ?? chosen();
    if (text === null) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("button, tr");
    if (!at) return;
    if (at.matches(".sheet [data-turn]")) return turned(at);
    if (at.matches("th[aria-sort] > button")) return sort(at.parentNode);
    if (at.closest("[data-picks] tbody")) return pick(at.closest("tr"), event.detail > 0);
    if (at.matches("button.take")) copy(at);
  });

  // --- what takes a table away ------------------------------------------------------------------
  const tableOf = (way) =>
    document.querySelector(`.table-box[data-key="${CSS.escape(way.dataset.table)}"] table`);

  // A sentence of ours is plain text; what a proxy says is a page.
  async function why(answer) {
    const ours = answer?.headers.get("content-type")?.startsWith("text/plain");
    return (ours && (await answer.text())) || "没有做成，请看网络是否通";
  }

  async function copy(way) {
    const table = tableOf(way);
    if (!table) return;
    await copyAll(table);
    const noted = await fetch(way.dataset.told, { method: "POST", keepalive: true }).catch(() => null);
    if (!noted?.ok) tell(table, await why(noted));
  }

  async function take(way) {
    const answer = await fetch(way.href).catch(() => null);
    if (!answer?.ok) return tell(tableOf(way), await why(answer));
    const named = answer.headers.get("content-disposition")?.split("filename*=UTF-8''")[1];
    const file = { href: URL.createObjectURL(await answer.blob()), download: decodeURIComponent(named) };
    Object.assign(document.createElement("a"), file).click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
  }

  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("a.take");
    if (!way || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    take(way);
  });
})();
