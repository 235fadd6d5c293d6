// Photos side by side: zoom and place are locked together; with Shift one goes alone.

import { act, define } from "./actions.js";
import { MOVE_KEYS, ZOOM_KEYS, draw, followPointers, placeOf, wheeled, whole } from "./zoom.js";

const KEYS = { ...ZOOM_KEYS, ...MOVE_KEYS };

const frames = () => [...document.querySelectorAll("[data-compare] .compare-frame")];
const frameOf = (event) => event.target.closest?.("[data-compare] .compare-frame");

function each(frame, change, event) {
  (event.shiftKey ? [frame] : frames()).forEach((one) => draw(one, change(placeOf(one))));
}

// the best is the photo that has the focus; on its own page it is the one that is shown
define("best", () => {
  const own = document.activeElement?.closest?.(".compare-photo");
  const button = (own ?? document.querySelector(".photo-page"))?.querySelector('[data-do="best"]');
  button?.click();
  return Boolean(button);
});

// in the list, what is picked
define("compare", () => {
  const isList = document.querySelector("[data-grid]") !== null;
  return (!isList || document.querySelector("[data-grid] input:checked") !== null) && act("button:compare");
});

// one frame to the next, without the links between them
function step(by) {
  const every = frames();
  const at = every.indexOf(document.activeElement?.closest?.(".compare-photo")?.querySelector(".compare-frame"));
  every[(at + by + every.length) % every.length]?.focus();
  return every.length > 0;
}

export const stepInCompare = (by) => document.querySelector("[data-compare]") !== null && step(by);

export function listenToCompare() {
  followPointers(frameOf, each);
  document.addEventListener("wheel", (event) => {
    const frame = frameOf(event);
    if (!frame) return;
    event.preventDefault();
    each(frame, wheeled(event, frame), event);
  }, { passive: false });
  document.addEventListener("dblclick", (event) => {
    const frame = frameOf(event);
    if (frame) each(frame, whole, event);
  });
  document.addEventListener("keydown", (event) => {
    const frame = frameOf(event);
    if (!frame || !(event.key in KEYS) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    each(frame, KEYS[event.key], event);
  });
}
