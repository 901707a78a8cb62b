// What a box was just set to stands on the page before the server has run it. The finished parts of
// what is near (the months beside, then the areas) come along while nobody does anything; the rest is
// fetched at once. The run that the box asks for goes on and says the same; the address, the boxes
// and the stamp are its own. No word and no figure is made here.
(() => {
  const PAGES = ["rankings", "trends"], REST = 400, KEPT = 24;
  const kept = new Map(); // by page, theme and link
  let shown = null; // the link that a part was put there for, until the address says it
  let near = new Map(); // what comes along with the page as it stands: its link by box and text
  let armed = 0, wanted = 0, resting = 0, loaded = "";

  const page = () => location.pathname.replace(/^.*\//, "");
  const dark = () => document.documentElement.classList.contains("dark") ||
    getComputedStyle(document.querySelector("[data-testid='stApp']") ?? document.body).colorScheme === "dark";
  const link = () => (shown && shown.from === location.search ? shown.query : location.search.slice(1));
  const keyOf = (query) => [page(), dark() ? 1 : 0, query].join(" ");
  const hall = () => new URLSearchParams(location.search).get("present") === "1";

  async function ask(more) {
    const told = new URLSearchParams(link());
    for (const [name, value] of Object.entries({ ahead_dark: dark() ? 1 : 0, ...more })) told.set(name, value);
    const answer = await fetch(`./ahead/${page()}?${told}`, { priority: more.ahead_box ? "high" : "low" });
    return answer.status === 200 ? answer.json() : null;
  }

  function keep(made) {
    const key = keyOf(made.query);
    kept.delete(key);
    kept.set(key, made);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }

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
    const number = ++wanted, key = keyOf(near.get(`${box} ${label}`));
    let made = kept.get(key);
    if (!made) {
      made = await ask({ ahead_box: box, ahead_label: label }).catch(() => null);
      if (!made || number !== wanted || made.page !== page()) return;
      keep(made);
    }
    if (put(made)) rest();
  }

  // --- what a box is set to -------------------------------------------------------------------
  const boxOf = (input) => {
    const named = input.closest("[class*='st-key-']")?.className.match(/st-key-([a-z_]+)-([a-z]+)(?:\s|$)/);
    return named && named[1] === page() ? named[2] : "";
  };
  const arm = (event) => {
    const chosen = event.target.closest?.("[role='option']");
    const key = event.key === "Enter" && event.target.matches?.("input[role='combobox']");
    if (chosen || key) armed = performance.now();
  };
  document.addEventListener("pointerup", arm, true);
  document.addEventListener("click", arm, true);
  document.addEventListener("keydown", arm, true);

  function changed(records) {
    for (const { target, oldValue, attributeName } of records) {
      if (attributeName !== "value" || target.value === oldValue || !target.matches("input[role='combobox']")) continue;
      if (performance.now() - armed > 300 || !PAGES.includes(page()) || hall()) continue;
      const box = boxOf(target);
      if (box && target.value) choose(box, target.value);
    }
  }

  // --- what comes along -----------------------------------------------------------------------
  async function along() {
    const at = keyOf(link());
    if (loaded === at || !PAGES.includes(page()) || hall() || document.hidden) return;
    if (!document.querySelector(`[data-made="${page()}-head"]`)) return;
    loaded = at;
    const found = await ask({}).catch(() => null);
    if (!found || at !== keyOf(link())) {
      if (!found) setTimeout(() => (loaded = loaded === at ? "" : loaded), 3000);
      return;
    }
    near = new Map(found.map((made) => [`${made.box} ${made.label}`, made.query]));
    found.forEach(keep);
  }
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => (window.requestIdleCallback ?? setTimeout)(along), REST);
  }

  function begin() {
    new MutationObserver(changed).observe(document.body, {
      subtree: true, attributeFilter: ["value"], attributeOldValue: true,
    });
    new MutationObserver(rest).observe(document.body, { childList: true, subtree: true });
  }
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
