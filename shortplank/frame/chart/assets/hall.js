// A picture in a hall takes the height that the screen leaves it, and its type, its margins and what
// is shifted beside a mark go along: names in a row never touch on a low screen.
const LEAST = 18; // pixels of type that are read from the last row

// Names in rows are never higher than their rows.
function smallest({ margin: { t = 0, b = 0 } = {}, meta, yaxis }, height) {
  const inRows = meta?.picks.some((pick) => pick.y && !pick.x);
  if (!inRows || !yaxis?.range) return LEAST;
  const [low, high] = yaxis.range;
  return Math.min(LEAST, Math.floor((height - t - b) / Math.abs(high - low)));
}

let least = LEAST; // of the picture that is drawn
const sized = (font, scale) =>
  font?.size ? { ...font, size: Math.max(times(font.size, scale), least) } : font;
const times = (size, scale) =>
  Array.isArray(size) ? size.map((each) => each * scale) : Math.round(size * scale * 10) / 10;
const each = (part, scale) =>
  Object.fromEntries(Object.entries(part ?? {}).map(([name, value]) => [name, times(value, scale)]));

function axis(part, scale) {
  const title = part.title && { ...part.title, font: sized(part.title.font, scale) };
  return { ...part, tickfont: sized(part.tickfont, scale), ...(title && { title }) };
}

function note(part, scale, room) {
  const moved = {};
  for (const name of ["xshift", "yshift"]) if (part[name]) moved[name] = part[name] * room;
  return { ...part, ...moved, font: sized(part.font, scale) };
}

// Words in cells bring a size of their own.
function words(text, scale) {
  if (Array.isArray(text)) return text.map((one) => words(one, scale));
  if (typeof text !== "string") return text;
  return text.replace(/font-size:(\d+)px/g, (_, px) =>
    `font-size:${Math.max(Math.round(px * scale), least)}px`);
}

function trace(part, scale) {
  const changed = { ...part };
  if (part.textfont) changed.textfont = sized(part.textfont, scale);
  if (part.text) changed.text = words(part.text, scale);
  if (part.colorbar) changed.colorbar = { ...part.colorbar, tickfont: sized(part.colorbar.tickfont, scale) };
  return changed;
}

export function scaled({ data, layout }, height, most) {
  const scale = Math.min(height / layout.height, most);
  least = smallest(layout, height);
  const room = Math.max(scale, least / LEAST); // words that shrink no further need theirs
  const changed = { ...layout, margin: each(layout.margin, room), font: sized(layout.font, scale) };
  for (const name of Object.keys(layout))
    if (/^[xy]axis/.test(name)) changed[name] = axis(layout[name], scale);
  changed.annotations = (layout.annotations ?? []).map((part) => note(part, scale, room));
  return { data: data.map((part) => trace(part, scale)), layout: changed };
}
