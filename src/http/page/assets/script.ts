/**
 * The page's one script. Without it everything still works; with it the page follows the event stream: what changed is
 * read again from the server and swapped in, so that there is one place that says what a case looks like. Markup comes
 * from our own server, escaped, and is parsed without running anything.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const pageScript = String.raw`"use strict";
(() => {
  const live = document.querySelector("[data-stream]");
  if (live === null) return;
  const caseId = live.dataset.case ?? "";
  const names = ["case", "step", "target", "certificate", "question", "person", "link", "audit"];
  let stream = null;
  let timer = 0;
  let polling = 0;
  let lostAt = null;
  let announcedAt = 0;

  function say(state, text) {
    live.className = "live " + state;
    live.textContent = text;
  }

  function announce() {
    const headline = document.querySelector("[data-verdict]")?.textContent ?? "";
    const region = document.getElementById("announcement");
    const now = Date.now();
    if (region === null || headline === "" || region.dataset.said === headline || now - announcedAt < 10000) return;
    if (region.dataset.said !== undefined) region.textContent = headline;
    region.dataset.said = headline;
    announcedAt = now;
  }

  /** Nobody loses what they are typing, or the thing under their pointer. */
  function isBusy() {
    const field = document.activeElement;
    const isTyping = field !== null && field.closest("main form") !== null;
    return isTyping || document.querySelector("main form details[open], main details.form[open]") !== null;
  }

  async function refresh() {
    timer = 0;
    if (isBusy() || document.hidden) {
      schedule(2000);
      return;
    }
    let page;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (answer.status === 401) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error("status " + answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      document.querySelector("main").dataset.stale = "true";
      schedule(5000);
      return;
    }
    const main = document.querySelector("main");
    const fresh = page.querySelector("main");
    if (fresh === null || fresh.innerHTML === main.innerHTML) return;
    const open = new Set([...main.querySelectorAll("details[open][id]")].map((part) => part.id));
    const focused = document.activeElement?.id ?? "";
    main.replaceChildren(...fresh.childNodes);
    delete main.dataset.stale;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused !== "") document.getElementById(focused)?.focus();
    main.dataset.refreshed = String(Number(main.dataset.refreshed ?? "0") + 1);
    announce();
  }

  function schedule(delay) {
    if (timer === 0) timer = setTimeout(refresh, delay);
  }

  function heard(message) {
    if (caseId === "") return schedule(400);
    try {
      if (JSON.parse(message.data).id === caseId) schedule(250);
    } catch {
      schedule(400);
    }
  }

  /** A hidden tab gives its stream back: over HTTP/1.1 a browser has six connections for all of our tabs. */
  function connect() {
    if (stream !== null || document.hidden) return;
    stream = new EventSource(live.dataset.stream);
    stream.onopen = () => {
      if (lostAt !== null) schedule(0);
      lostAt = null;
      clearInterval(polling);
      polling = 0;
      say("on", "Live");
    };
    stream.onerror = () => {
      lostAt ??= new Date();
      const time = lostAt.toISOString().slice(11, 16) + " UTC";
      if (stream === null || stream.readyState === EventSource.CLOSED) {
        say("off", "Offline since " + time);
        stream = null;
        setTimeout(connect, 5000);
      } else {
        say("", "Reconnecting since " + time);
      }
      if (polling === 0) polling = setInterval(() => schedule(0), 15000);
    };
    for (const name of names) stream.addEventListener(name, heard);
    stream.addEventListener("reset", () => schedule(0));
  }

  function disconnect() {
    stream?.close();
    stream = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return disconnect();
    schedule(0);
    connect();
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);

  announce();
  connect();
})();
`;
