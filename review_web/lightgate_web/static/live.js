// Parts of a page that keep themselves up to date: told by the server, or else by asking now and then.

import { BACKGROUND } from "./background.js";

const ASK_EVERY_MS = 5000;

let source = null;
let timer = null;

// a tab that nobody looks at listens to nothing: each listener holds one of the server's few threads
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
  else if (document.querySelector("[data-events]")) { refresh(); follow(); }
});

export function follow() {
  stop();
  if (document.hidden) return;
  const address = document.querySelector("[data-events]")?.dataset.events;
  if (!address) return;
  if (!window.EventSource) {
    ask();
    return;
  }
  source = new EventSource(address);
  source.addEventListener("change", refresh);
  source.addEventListener("error", () => {
    // a stream that ended is opened again by the browser; a refused one never is
    if (source?.readyState === EventSource.CLOSED) ask();
  });
}

export function stop() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

function ask() {
  timer = setTimeout(async () => {
    await refresh();
    ask();
  }, ASK_EVERY_MS);
}

async function refresh() {
  const answer = await fetch(location.href, BACKGROUND).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.replaceWith(fresh);
  }
  // what was waited for has come
  if (!document.querySelector("[data-events]")) stop();
  document.dispatchEvent(new Event("lightgate:fresh"));
}
