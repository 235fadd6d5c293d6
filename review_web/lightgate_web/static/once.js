// The second click on a button that leads to another page does nothing while the first one is under way.

const AGAIN_AFTER_MS = 5000;

let sent = new WeakMap();

export function listenToSecondClicks() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (performance.now() - (sent.get(form) ?? -AGAIN_AFTER_MS) < AGAIN_AFTER_MS) event.preventDefault();
    else sent.set(form, performance.now());
  });
  // a page that the way back brings up again starts anew
  addEventListener("pageshow", () => { sent = new WeakMap(); });
}
