// A picture in a hall takes the height that the screen leaves it, and its type, its margins and what
// is shifted beside a mark go along: names in a row never touch on a low screen.
// Pixels of type that can be read from the last row: 18 of a screen of 1080, fewer of a lower one,
// which is as large on the wall.
const least = () => (18 * Math.min(innerHeight, 1080)) / 1080;

const sized = (font, scale) =>
  font?.size ? { ...font, size: Math.max(times(font.size, scale), least()) } : font;
const times = (size, scale) =>
  Array.isArray(size) ? size.map((each) => each * scale) : Math.round(size * scale * 10) / 10;
const each = (part, scale) =>
  Object.fromEntries(Object.entries(part ?? {}).map(([name, value]) => [name, times(value, scale)]));

function axis(part, scale) {
  const title = part.title && { ...part.title, font: sized(part.title.font, scale) };
  return { ...part, tickfont: sized(part.tickfont, scale), ...(title && { title }) };
}

function note(part, scale) {
  const moved = {};
  for (const name of ["xshift", "yshift"]) if (part[name]) moved[name] = part[name] * scale;
  return { ...part, ...moved, font: sized(part.font, scale) };
}

// Words in cells bring a size of their own.
function words(text, scale) {
  if (Array.isArray(text)) return text.map((one) => words(one, scale));
  if (typeof text !== "string") return text;
  return text.replace(/font-size:(\d+)px/g, (_, px) =>
    `font-size:${Math.max(Math.round(px * scale), least())}px`);
}

function trace(part, scale) {
  const changed = { ...part };
  if (part.textfont) changed.textfont = sized(part.textfont, scale);
  if (part.text) changed.text = words(part.text, scale);
  if (part.colorbar) changed.colorbar = { ...part.colorbar, tickfont: sized(part.colorbar.tickfont, scale) };
  return changed;
}

export function scaled({ data, layout }, scale) {
  const room = Math.max(scale, least() / 18); // words that shrink no further need their margin
  const changed = { ...layout, margin: each(layout.margin, room), font: sized(layout.font, scale) };
  for (const name of Object.keys(layout))
    if (/^[xy]axis/.test(name)) changed[name] = axis(layout[name], scale);
  changed.annotations = (layout.annotations ?? []).map((part) => note(part, scale));
  return { data: data.map((part) => trace(part, scale)), layout: changed };
}
