// What a box was just set to stands on the page before the server has run it. The finished parts of
// what is near (the months beside, then the areas) come along while nobody does anything; the rest is
// fetched at once. The run that the box asks for goes on and says the same; the address, the boxes
// and the stamp are its own. No word and no figure is made here.
(() => {
  const PAGES = ["rankings", "trends"], KEPT = 24;
  const REST = 400, LONGER = 1000; // milliseconds after which the months come, and between areas
  const BUSY = 2000, MOST = 32_000; // after which a busy server is asked again, each time twice as long
  const FRESH = 60_000; // so long a part is shown; after a publication, or with other rights, it is another
  const kept = new Map(); // parts, by page, theme and link
  let shown = null; // the link that a part was put there for, until the address says it
  let near = new Map(); // the link of what may be chosen next, by box and text
  let wanted = 0, resting = 0, loaded = "", refused = "", patience = BUSY;

  const page = () => location.pathname.replace(/^.*\//, "");
  const app = () => document.querySelector("[data-testid='stApp']") ?? document.documentElement;
  const dark = () => Number(getComputedStyle(app()).colorScheme === "dark");
  const link = () => (shown && shown.from === location.search ? shown.query : location.search);
  const hall = () => new URLSearchParams(location.search).get("present") === "1";
  const keyOf = (query) => {
    const told = new URLSearchParams(query);
    told.sort();
    return [page(), dark(), told].join(" ");
  };

  async function ask(more, priority) {
    const told = new URLSearchParams(link());
    for (const [name, value] of Object.entries({ ahead_dark: dark(), ...more })) told.set(name, value);
    if (priority === "low") told.set("ahead_waits", 1);
    const answer = await fetch(`./ahead/${page()}?${told}`, { priority }).catch(() => null);
    return answer?.status === 200 ? answer.json() : null;
  }

  async function fetched(box, label, priority) {
    const made = await ask({ ahead_box: box, ahead_label: label }, priority);
    if (!made || made.page !== page()) return null;
    const key = keyOf(made.query);
    kept.delete(key);
    kept.set(key, { ...made, since: performance.now() });
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return made;
  }

  const fresh = (query) => {
    const made = query && kept.get(keyOf(query));
    return made && performance.now() - made.since < FRESH ? made : null;
  };

  // All parts or none: a part that has no place yet is the server's to put there.
  function put(made) {
    const own = document.querySelectorAll(`[data-made^="${made.page}-"]`);
    const places = new Map([...own].map((place) => [place.dataset.made, place]));
    const parts = Object.entries(made.parts).map(([name, body]) => [places.get(`${made.page}-${name}`), body]);
    if (parts.some(([place, body]) => Boolean(body) && !place)) return false;
    const detail = { key: made.chart, data: made, done: !made.figure };
    document.dispatchEvent(new CustomEvent("shortplank-parts", { detail }));
    if (!detail.done) return false;
    for (const [place, body] of parts) if (place && place.innerHTML !== body) place.innerHTML = body;
    const stamp = document.querySelector(".stamp span");
    if (stamp) stamp.textContent = made.stamp;
    shown = { from: location.search, query: made.query };
    return true;
  }

  async function choose(box, label) {
    const number = ++wanted, from = location.search;
    const made = fresh(near.get(`${box} ${label}`)) ?? (await fetched(box, label, "high"));
    // Where the address is another by now, the run has come, or somebody has gone elsewhere.
    if (made && number === wanted && from === location.search && put(made)) rest();
  }

  // --- what a box is set to -------------------------------------------------------------------
  const boxOf = (input) => {
    const named = input.closest("[class*='st-key-']")?.className.match(/st-key-([a-z_]+)-([a-z]+)(?:\s|$)/);
    return named && named[1] === page() ? named[2] : "";
  };
  const box = () => document.querySelector("input[role='combobox'][aria-expanded='true']");
  const pick = (option) => {
    const name = box() && boxOf(box());
    if (option && name && PAGES.includes(page()) && !hall()) choose(name, option.textContent.trim());
  };
  document.addEventListener("click", (event) => pick(event.target.closest?.("[role='option']")), true);
  document.addEventListener("keydown", (event) => {
    const at = event.key === "Enter" && event.target.getAttribute?.("aria-activedescendant");
    if (at) pick(document.getElementById(at));
  }, true);

  // --- what comes along -----------------------------------------------------------------------
  async function along() {
    if (!PAGES.includes(page()) || hall() || document.hidden) return;
    if (!document.querySelector(`[data-made="${page()}-head"]`)) return;
    const at = keyOf(link());
    if (loaded === at) return;
    loaded = at;
    const found = await ask({}, "low");
    if (!found) return busy(at);
    near = new Map(found.map(({ box, label, query }) => [`${box} ${label}`, query]));
    for (const { box, label, query } of found) {
      if (fresh(query)) continue;
      if (box !== "month") await new Promise((done) => setTimeout(done, LONGER));
      if (at !== keyOf(link()) || !(await fetched(box, label, "low"))) return;
    }
  }
  // Five times, within a minute; then when something has changed: a desk that nobody sits at falls asleep.
  function busy(at) {
    patience = refused === at ? 2 * patience : BUSY;
    refused = at;
    loaded = "";
    if (patience > MOST) return;
    clearTimeout(resting);
    resting = setTimeout(rest, patience);
  }
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => (window.requestIdleCallback ?? setTimeout)(along), REST);
  }

  function begin() {
    new MutationObserver(rest).observe(document.body, { childList: true, subtree: true });
  }
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
