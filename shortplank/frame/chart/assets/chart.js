// The one chart of every page: Plotly draws it, updates stay in place, and what the figure names
// (places.js) can be selected by a click, a tap, arrow keys and Enter, or its number in the hall.
import "../../../static/plotly-cartesian-4.1.1.min.js";
import { scaled } from "./hall.js";
import { named, outline, placeAt, rectangles } from "./places.js";
import { split, written } from "./words.js";

const { Plotly } = window;
const CONFIG = { displayModeBar: false, doubleClick: false, showTips: false };
const LOWEST = 200, MOST = 1.25; // pixels of height in a hall, and how far type grows in it
const TWICE = 700; // milliseconds in which Plotly repeats a finger's click
const SVG = "http://www.w3.org/2000/svg";

function make(name, settings = {}, ...children) {
  const { label, role, ...own } = settings;
  const element = Object.assign(document.createElement(name), own);
  if (role) element.setAttribute("role", role);
  if (label) element.setAttribute("aria-label", label);
  element.append(...children);
  return element;
}

class Chart {
  drawn = "";
  at = -1; // the place that arrow keys have come to
  over = -1;
  width = 0;
  height = 0;
  clicked = { timeStamp: -TWICE };
  places = [];

  constructor(parent) {
    this.plot = make("div", { className: "plot", role: "img" });
    this.marks = document.createElementNS(SVG, "svg");
    this.marks.setAttribute("class", "marks");
    this.marks.setAttribute("aria-hidden", "true");
    this.words = document.createElementNS(SVG, "svg");
    this.words.setAttribute("class", "words");
    this.words.setAttribute("aria-hidden", "true");
    this.paper = make("div", { className: "paper" }, this.plot, this.words, this.marks);
    this.said = make("p", { className: "said", role: "status" });
    this.box = make("div", { className: "chart", tabIndex: 0, role: "group" }, this.paper);
    this.foot = make("p", { className: "foot" });
    parent.append(this.box, this.said, this.foot);
    this.listen();
    // Asking an element for its size while a page changes has all of it laid out at once; the
    // observer tells it when that is done anyway.
    this.watch = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (target === this.paper) this.width = Math.floor(contentRect.width);
        else this.height = Math.floor(contentRect.height);
      }
      this.fit();
    });
    this.watch.observe(this.box);
    this.watch.observe(this.paper);
  }

  // --- drawing -----------------------------------------------------------------------------
  async take(data, send, taken) {
    Object.assign(this, { data, send, taken });
    this.box.setAttribute("aria-label", data.alt);
    this.box.classList.toggle("hall", data.present);
    this.plot.setAttribute("aria-label", data.alt);
    if (this.drawn !== data.figure) {
      this.drawn = data.figure;
      this.figure = JSON.parse(data.figure);
      this.picks = this.figure.layout.meta?.picks ?? [];
      this.at = this.over = -1;
      this.paper.style.minWidth = `${this.least()}px`;
      this.writeFoot();
      await this.draw();
    } else if (this.ready) this.mark();
  }

  // A narrow screen shows a part of a picture, and one swipes: no plot is squeezed between words.
  least() {
    const { l = 0, r = 0 } = this.figure.layout.margin ?? {};
    const columns = this.picks.filter((pick) => pick.x && !pick.y).length;
    const column = matchMedia("(pointer: coarse), (width < 700px)").matches ? 5 : 3; // a finger, and words, need more
    return this.data.present ? 0 : Math.max(l + r + 320, l + r + column * columns, 480);
  }

  size() {
    const { width, data } = this;
    if (!data.present) return { width, height: this.figure.layout.height };
    return { width, height: Math.max(this.height, LOWEST) };
  }

  async draw() {
    const { width, height } = this.size();
    if (!width) return; // not laid out yet: the observer calls again
    const { present } = this.data;
    const { data, layout: whole } = present ? scaled(this.figure, height, MOST) : this.figure;
    const [layout, notes] = split(whole);
    this.notes = notes;
    const settings = { ...layout, width, height, autosize: false, dragmode: false };
    this.paper.style.height = `${height}px`;
    await Plotly.react(this.plot, data, settings, { ...CONFIG, ...this.data.config });
    if (!this.ready) {
      this.plot.on("plotly_afterplot", () => this.write());
      this.ready = true;
      this.write();
    }
  }

  fit() {
    if (!this.figure) return;
    const { width, height } = this.size(), now = this.plot._fullLayout;
    if (width && (!now || now.width !== width || now.height !== height)) this.draw();
  }

  write() {
    const full = this.plot._fullLayout;
    if (!full) return;
    this.words.setAttribute("width", full.width);
    this.words.setAttribute("height", full.height);
    this.words.replaceChildren(written(this.plot, this.notes));
    this.mark();
  }

  // --- what is selected --------------------------------------------------------------------
  mark() {
    const full = this.plot._fullLayout;
    if (!full) return;
    this.marks.setAttribute("width", full.width);
    this.marks.setAttribute("height", full.height);
    this.places = rectangles(this.plot, this.picks);
    const has = (key) => this.picks.some((pick) => pick.key === key || pick.group === key);
    const chosen = this.data.selected.find(has);
    const marks = [];
    this.picks.forEach((pick, i) => {
      if (pick.key === chosen)
        marks.push(outline(this.places[i], "selected"), ...named(this.places[i], pick.name));
      else if (chosen && pick.group === chosen) marks.push(outline(this.places[i], "part"));
      else if (i === this.over || i === this.at) marks.push(outline(this.places[i], "over"));
    });
    this.marks.replaceChildren(...marks);
  }

  select(number) {
    const pick = this.picks[number];
    if (!pick) return;
    this.data.selected = [pick.key]; // at once; the server's answer says the same
    this.over = this.at = number;
    this.mark();
    this.say(pick);
    this.send({ kind: this.figure.layout.meta.kind, key: pick.key });
  }

  say(pick) {
    this.said.textContent = [pick.name, pick.says].filter(Boolean).join("，");
  }

  // --- hands ---------------------------------------------------------------------------------
  under(event) {
    const frame = this.paper.getBoundingClientRect();
    const scale = this.plot._fullLayout ? frame.width / this.plot._fullLayout.width : 1;
    const at = [(event.clientX - frame.left) / scale, (event.clientY - frame.top) / scale];
    return placeAt(this.places, ...at);
  }

  hover(number) {
    if (number === this.over) return;
    this.over = number;
    this.paper.classList.toggle("pick", number >= 0);
    this.mark();
  }

  // Plotly makes a click of its own of a finger's, after the browser's.
  click(event) {
    const { timeStamp, isTrusted } = event, before = this.clicked;
    this.clicked = { timeStamp, isTrusted };
    const twice = isTrusted !== before.isTrusted && timeStamp - before.timeStamp < TWICE;
    if (!twice) this.select(this.under(event));
  }

  listen() {
    this.paper.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.hover(this.under(event));
    });
    this.paper.addEventListener("pointerleave", () => this.hover(-1));
    this.paper.addEventListener("click", (event) => this.click(event));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => {
      this.at = -1;
      this.mark();
    });
  }

  key(event) {
    const last = this.picks.length - 1;
    if (last < 0 || event.ctrlKey || event.altKey || event.metaKey || this.data.present) return;
    const chosen = this.picks.findIndex((pick) => this.data.selected.includes(pick.key));
    const from = this.at < 0 ? chosen : this.at;
    const to = {
      ArrowDown: from + 1, ArrowRight: from + 1, Home: 0, End: last,
      ArrowUp: from < 0 ? last : from - 1, ArrowLeft: from < 0 ? last : from - 1,
    }[event.key];
    if (event.key === "Enter" && this.at >= 0) this.select(this.at);
    else if (to === undefined) return;
    else {
      this.at = Math.min(Math.max(to, 0), last);
      this.mark();
      this.say(this.picks[this.at]);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // --- taken away ------------------------------------------------------------------------------
  writeFoot() {
    const { words, present } = this.data;
    const picture = make("button", { type: "button" }, words.picture);
    picture.addEventListener("click", () => this.download());
    const hint = this.picks.length ? make("span", {}, words.hint) : "";
    this.foot.replaceChildren(...(present ? [] : [picture, hint]));
  }

  // The picture as a file says what it shows by itself: finding, period, edition.
  async download() {
    this.taken();
    const { title, about, stamp, name } = this.data.caption;
    const { data, layout } = this.figure, { l = 0, t = 0, b = 0, ...sides } = layout.margin ?? {};
    const lines = wrapped(title, 52), above = 30 * lines.length + 40, width = 1280;
    const height = layout.height + above + 32;
    const note = (text, size, settings) => ({
      text, xref: "paper", yref: "paper", showarrow: false, align: "left",
      font: { ...layout.font, size }, ...settings,
    });
    const head = { x: 0, xanchor: "left", xshift: 12 - l, y: 1, yanchor: "bottom" };
    const whole = { ...layout, width, height, margin: { ...sides, l, t: t + above, b: b + 32 } };
    whole.annotations = [
      ...(layout.annotations ?? []),
      note(`<b>${lines.join("<br>")}</b>`, 22, { ...head, yshift: t + 30 }),
      note(about, 15, { ...head, yshift: t + 4 }),
      note(stamp, 13, { x: 1, xanchor: "right", y: 0, yanchor: "top", yshift: -b - 4 }),
    ];
    const url = await Plotly.toImage({ data, layout: whole }, { format: "png", width, height, scale: 2 });
    make("a", { href: url, download: name }).click();
  }

  leave() {
    this.watch.disconnect();
    Plotly.purge(this.plot);
  }
}

function wrapped(text, most) {
  const lines = [];
  for (let at = 0; at < text.length; at += most) lines.push(text.slice(at, at + most));
  return lines.slice(0, 2);
}

// In the hall a number and Enter select a row (projection.js hears the keys).
document.addEventListener("shortplank-number", (event) => {
  const shown = document.querySelector(".chart");
  [...charts.values()].find((chart) => chart.box === shown)?.select(event.detail - 1);
});

// Parts that came along are drawn at once (gate/assets/ahead.js), where they fit into the same place.
document.addEventListener("shortplank-parts", ({ detail }) => {
  const { key, data } = detail;
  const chart = [...charts.values()].find(
    ({ box, data: shown }) => box.isConnected && shown.key === key && shown.height === data.height,
  );
  if (!chart) return;
  const { figure, alt, caption, selected } = data;
  chart.take({ ...chart.data, figure, alt, caption, selected }, chart.send, chart.taken);
  detail.done = true;
});

// What the server sends (component.py): a line about the figure, and the figure as it stands.
function unpacked(bytes) {
  const text = new TextDecoder().decode(bytes), end = text.indexOf("\n");
  return { ...JSON.parse(text.slice(0, end)), figure: text.slice(end + 1) };
}

const charts = new Map(); // by the element that Streamlit gives

// What Streamlit calls at each run of the page. It says nothing that tells a run from an end: a chart
// whose element has left the page is let go at the next one.
export default function ({ data, parentElement, setTriggerValue }) {
  for (const [parent, chart] of charts) {
    if (parent.isConnected) continue;
    chart.leave();
    parent.replaceChildren();
    charts.delete(parent);
  }
  let chart = charts.get(parentElement);
  if (!chart) charts.set(parentElement, (chart = new Chart(parentElement)));
  const send = (picked) => setTriggerValue("picked", picked);
  chart.take(unpacked(data), send, () => setTriggerValue("taken", true));
}
