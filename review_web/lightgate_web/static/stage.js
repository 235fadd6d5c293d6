// The large picture: 1:1 at the sharpest place, pinch and double tap, + and −, and a swipe to the next photo.

import { act, define } from "./actions.js";
import { MOVE_KEYS, ZOOM_KEYS, draw, followPointers, placeOf, whole } from "./zoom.js";

const SWIPE_PX = 60;

const stage = () => document.querySelector(".stage");
const frameOf = (event) => event.target.closest?.(".stage:not(.is-crop)");

export function toggleCrop() {
  const frame = stage();
  if (!frame) return false;
  draw(frame, whole());
  const picture = frame.querySelector("img");
  if (!picture.dataset.view) picture.dataset.view = picture.getAttribute("src");
  const isCrop = frame.classList.toggle("is-crop");
  picture.src = isCrop ? picture.dataset.crop : picture.dataset.view;
  document.querySelectorAll('[data-do="crop"]').forEach((each) => each.setAttribute("aria-pressed", String(isCrop)));
  return true;
}

function change(by) {
  const frame = stage();
  if (!frame || frame.classList.contains("is-crop")) return false;
  draw(frame, by(placeOf(frame)));
  return true;
}

define("zoom", toggleCrop);
define("zoom-in", () => change(ZOOM_KEYS["+"]));
define("zoom-out", () => change(ZOOM_KEYS["-"]));
define("zoom-whole", () => change(ZOOM_KEYS[0]));

export function listenToStage() {
  followPointers(frameOf, (frame, by) => draw(frame, by(placeOf(frame))), (dx, dy) => {
    if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) act(dx < 0 ? "next" : "previous");
  });
  // a zoomed picture is moved with Shift and the arrows; without Shift they lead to other photos
  document.addEventListener("keydown", (event) => {
    const isInField = event.target.closest?.("input, textarea, select");
    if (!event.shiftKey || isInField || !(event.key in MOVE_KEYS) || !stage()?.classList.contains("is-zoomed")) return;
    event.preventDefault();
    change(MOVE_KEYS[event.key]);
  });
}
