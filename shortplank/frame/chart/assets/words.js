// Words at places of a picture, which a figure calls annotations. Plotly lays each one out by itself,
// three quarters of a ranking's drawing; plain ones are written here in one go, at the same places.
// The figure itself stays whole, for a picture that is taken away.
const SVG = "http://www.w3.org/2000/svg";
const LINE = 1.3; // of a line's height to its type
const PLAIN = ["x", "y", "xref", "yref", "text", "showarrow", "xanchor", "yanchor", "xshift", "yshift", "font", "align"];
const ANCHORS = { left: "start", center: "middle", right: "end" };

function isPlain(note) {
  const known = Object.keys(note).every((name) => PLAIN.includes(name));
  return known && note.showarrow === false && /^([^<&]|<\/?b>|<br>)*$/.test(note.text);
}

// What Plotly is left with, and what is written here.
export function split(layout) {
  const notes = layout.annotations ?? [];
  return [{ ...layout, annotations: notes.filter((note) => !isPlain(note)) }, notes.filter(isPlain)];
}

function at(full, letter, note) {
  const ref = note[`${letter}ref`] ?? letter, value = note[letter];
  const { l, t, w, h } = full._size;
  if (ref === "paper") return letter === "x" ? l + w * value : t + h * (1 - value);
  const axis = full[`${letter}axis${ref.slice(1)}`];
  return axis ? axis._offset + axis.r2p(axis.cleanPos(value)) : NaN;
}

// Where a figure says nothing, words beside the paper's edge keep inside of it.
function anchored(said, ref, place, [first, middle, last]) {
  if (said && said !== "auto") return said;
  if (ref !== "paper") return middle;
  return place < 1 / 3 ? first : place > 2 / 3 ? last : middle;
}

export function written(plot, notes) {
  const full = plot._fullLayout, { family, size, color } = full.font;
  const made = document.createDocumentFragment();
  for (const note of notes) {
    const x = at(full, "x", note) + (note.xshift ?? 0), y = at(full, "y", note) - (note.yshift ?? 0);
    if (!note.text || !Number.isFinite(x + y)) continue;
    const across = anchored(note.xanchor, note.xref, note.x, ["left", "center", "right"]);
    const down = anchored(note.yanchor, note.yref, 1 - note.y, ["top", "middle", "bottom"]);
    const text = document.createElementNS(SVG, "text"), own = note.font?.size ?? size;
    const lines = note.text.split("<br>");
    const first = { top: 0.5, middle: (1 - lines.length) / 2, bottom: 0.5 - lines.length }[down];
    text.setAttribute("style", `font:${own}px ${family};fill:${note.font?.color ?? color};white-space:pre`);
    text.setAttribute("text-anchor", ANCHORS[across]);
    text.setAttribute("dominant-baseline", "central");
    lines.forEach((line, number) => {
      let begun = false;
      for (const [i, part] of line.split(/<\/?b>/).entries()) {
        if (!part) continue;
        const piece = document.createElementNS(SVG, "tspan");
        if (!begun) {
          begun = true;
          piece.setAttribute("class", "line");
          piece.setAttribute("x", x);
          piece.setAttribute("y", y + (first + number) * LINE * own);
        }
        if (i % 2) piece.setAttribute("font-weight", "bold");
        piece.textContent = part;
        text.append(piece);
      }
    });
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "annotation");
    group.append(text);
    made.append(group);
  }
  return made;
}
