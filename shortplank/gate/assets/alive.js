// Asks the gate every few seconds whether this tab is still let in, and by the same rights. When it
// is not, what stands on the screen goes first, then the tab goes to the sign-in page.
(() => {
  const own = document.currentScript;
  const gate = new URL(".", own.src).href.replace(/assets\/$/, "");
  const who = own.dataset.who;
  const EVERY = 3000, EARLY = 600, STAY = "stay=1";
  let asking = false, strip = null;

  const present = () => new URLSearchParams(location.search).get("present") === "1";

  function gone() {
    document.body.replaceChildren();
    const next = location.pathname + location.search;
    location.replace(`${gate}?why=ended&next=${encodeURIComponent(next)}`);
  }

  function clock(seconds) {
    const at = new Date(Date.now() + seconds * 1000);
    return at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  }

  // Ten minutes before the end the tab says so; only what nobody uses can be kept open by a click.
  function warn({ left, life }) {
    const idle = left < life - 1;
    const kind = left > EARLY ? "" : idle ? "idle" : "life";
    if ((strip?.dataset.kind ?? "") === kind) return;
    strip?.remove();
    strip = null;
    if (!kind) return;
    strip = document.createElement("div");
    strip.id = "gate-strip";
    strip.dataset.kind = kind;
    strip.setAttribute("role", "status");
    strip.style.cssText =
      "position:fixed;z-index:1000001;left:0;right:0;top:0;padding:8px 16px;text-align:center;" +
      "font:16px/1.6 'Noto Sans CJK SC','Microsoft YaHei','SimHei',sans-serif;" +
      "color:#fff;background:#1B1F24";
    strip.append(idle
      ? `很久没有操作，${clock(left)} 将退出登录。`
      : `本次登录到 ${clock(left)} 为止，到时请重新登录。`);
    if (idle) {
      const stay = document.createElement("button");
      stay.textContent = "继续使用";
      stay.style.cssText =
        "margin-left:12px;padding:2px 12px;font:inherit;color:#1B1F24;background:#fff;border:0;border-radius:4px";
      stay.addEventListener("click", () => ask(STAY));
      strip.append(stay);
    }
    document.body.append(strip);
  }

  async function ask(how = present() ? "present=1" : "") {
    if (asking && how !== STAY) return; // who clicks to stay is heard beside a question under way
    asking = true;
    try {
      const answer = await fetch(`${gate}alive?${how}`, { cache: "no-store", redirect: "error" });
      if (answer.status === 401) return gone();
      if (!answer.ok) return;
      const said = await answer.json();
      if (said.who !== who) return location.reload();
      warn(said);
    } catch {
      // The server does not answer: the page stays, as it would behind a cable that was pulled out.
    } finally {
      asking = false;
    }
  }

  setInterval(ask, EVERY);
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
})();
