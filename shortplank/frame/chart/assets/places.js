// Where the places of a picture lie in pixels, and which one a pointer means. A figure names them in
// `layout.meta.picks` (shortplank/drawing/picks.py): spans on axes, or rings for a shape on a map.
const NEAR = 14; // pixels around a dot, or around a line that has no width

// An axis is Plotly's own, found by `axisOf`; its pixels begin at `_offset`. Both are private names:
// a browser test holds them.
export const axisOf = (plot, id) => plot._fullLayout[`${id[0]}axis${id.slice(1)}`];
const pixel = (axis, value) => axis._offset + axis.d2p(value);

function span(axis, ends, whole) {
  if (!ends) return [0, whole];
  const [one, other] = ends.map((end) => pixel(axis, end));
  return one < other ? [one, other] : [other, one];
}

export function rectangles(plot, picks) {
  const { width, height } = plot._fullLayout;
  return picks.map((pick) => {
    const across = axisOf(plot, pick.xaxis ?? "x"), up = axisOf(plot, pick.yaxis ?? "y");
    const [left, right] = span(across, pick.x, width), [top, bottom] = span(up, pick.y, height);
    const path = pick.rings && pick.rings.map((ring) =>
      ring.map(([x, y]) => [pixel(across, x), pixel(up, y)]));
    return { left, right, top, bottom, path };
  });
}

function holds(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i], [bx, by] = ring[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

const beyond = (value, low, high) => Math.max(low - value, 0, value - high);

// The place under a pointer, -1 where there is none: a shape that holds it, or the nearest.
export function placeAt(rectangles, x, y) {
  let best = -1, least = Infinity;
  rectangles.forEach((each, i) => {
    if (each.path) {
      const inside = each.path.filter((ring) => holds(ring, x, y)).length % 2;
      if (inside && least > 0) [best, least] = [i, 0];
      return;
    }
    const away = Math.hypot(beyond(x, each.left, each.right), beyond(y, each.top, each.bottom));
    const middle = Math.hypot(x - (each.left + each.right) / 2, y - (each.top + each.bottom) / 2);
    const distance = away * 1e4 + middle;
    if (away <= NEAR && distance < least) [best, least] = [i, distance];
  });
  return best;
}

const SVG = "http://www.w3.org/2000/svg";

// The mark of a place: its outline, a band, or a ring around a dot.
export function outline(place, kind) {
  const { left, right, top, bottom, path } = place;
  const thin = right - left < 2, dot = thin && bottom - top < 2;
  const name = path ? "path" : dot ? "circle" : thin ? "line" : "rect";
  const mark = document.createElementNS(SVG, name);
  const set = (settings) =>
    Object.entries(settings).forEach(([name, value]) => mark.setAttribute(name, value));
  if (path) set({ d: path.map((ring) => `M${ring.map((at) => at.join(",")).join("L")}Z`).join("") });
  else if (dot) set({ cx: left, cy: top, r: 13 });
  else if (thin) set({ x1: left, x2: left, y1: top, y2: bottom });
  else {
    const wide = Math.max(right - left, 6), high = Math.max(bottom - top, 6);
    set({ x: (left + right - wide) / 2 + 1, y: (top + bottom - high) / 2, rx: 3 });
    set({ width: wide - 2, height: high });
  }
  set({ class: `place ${kind}` });
  return mark;
}

// A dot has no label of its own: the selected one is named beside its ring.
export function named({ left, right, top, bottom, path }, name) {
  if (path || right - left >= 2 || bottom - top >= 2) return [];
  const text = document.createElementNS(SVG, "text");
  text.textContent = name;
  for (const [key, value] of Object.entries({ x: left, y: top - 20, class: "name" }))
    text.setAttribute(key, value);
  return [text];
}
