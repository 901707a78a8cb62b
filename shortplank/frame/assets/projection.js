// Keys and clicker of projection. Written into the page at every stop; it sets itself up once, and
// does nothing where the link does not ask for projection.
(() => {
  if (window.shortplankTurns) return;
  // aimed: the stop that was asked for and is not on the screen yet; sent: whether its link was
  // followed; last: where we were, for the moment in which the page is being exchanged.
  const state = (window.shortplankTurns = { aimed: null, sent: false, last: 1, since: Date.now() });
  const present = () => new URLSearchParams(location.search).get("present") === "1";
  const links = () => [...document.querySelectorAll("#turns a")];
  const shown = () => document.getElementById("turn");

  function tick() {
    if (!present() || !shown()) return;
    const here = Number(shown().dataset.place);
    if (here !== state.last) {
      state.last = here;
      state.since = Date.now();
    }
    if (state.aimed === here) state.aimed = null;
    const all = links();
    if (state.aimed !== null && !state.sent && all.length > state.aimed) {
      state.sent = true;
      window.shortplankGo(all[state.aimed - 1].href);
    }
    const seconds = Number(shown().dataset.timer);
    if (seconds && Date.now() - state.since >= seconds * 1000) {
      state.since = Date.now();
      go(here >= all.length - 1 ? 1 : here + 1);
    }
  }

  function go(number) {
    const stops = links().length - 1; // behind the stops stands the way out
    const target = Math.max(number, 1);
    state.aimed = stops > 0 ? Math.min(target, stops) : target;
    state.sent = false;
    tick();
  }

  function curtain() {
    const there = document.getElementById("curtain");
    if (there) return there.remove();
    const made = document.createElement("div");
    made.id = "curtain";
    made.style.cssText = "position:fixed;inset:0;background:#000;z-index:999999";
    document.body.append(made);
  }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  function leave() {
    const all = links();
    if (all.length) window.shortplankGo(all[all.length - 1].href);
  }

  // A number and Enter select that row of the picture.
  function digit(event) {
    if (!/^[0-9]$/.test(event.key)) return false;
    state.number = (Date.now() - (state.typed ?? 0) < 4000 ? state.number ?? "" : "") + event.key;
    state.typed = Date.now();
    return true;
  }

  function enter() {
    const number = Date.now() - (state.typed ?? 0) < 4000 ? Number(state.number) : 0;
    state.number = "";
    if (!number) return next();
    document.dispatchEvent(new CustomEvent("shortplank-number", { detail: number }));
  }

  const now = () => state.aimed ?? state.last;
  const next = () => go(now() + 1);
  const back = () => go(now() - 1);
  const keys = {
    PageDown: next, ArrowRight: next, ArrowDown: next, " ": next, Enter: enter,
    PageUp: back, ArrowLeft: back, ArrowUp: back, Backspace: back,
    Home: () => go(1), End: () => go(links().length - 1),
    f: full, F: full, F5: full, b: curtain, B: curtain, ".": curtain, Escape: leave,
  };

  window.addEventListener("keydown", (event) => {
    if (!present() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return; // what is open there has its keys
    const act = digit(event) ? () => {} : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);
  setInterval(tick, 100);
})();
