// The grid: photos come as it is scrolled, and are picked by mouse, touch and keyboard.

import { announce } from "./announce.js";
import { act, define } from "./actions.js";
import { BACKGROUND } from "./background.js";
import { countPicked } from "./fields.js";
import { add, draw, followScroll, loaded, reach } from "./rows.js";

const AHEAD_PX = 1800;
const LONG_PRESS_MS = 450;
const STILL_PX = 10;

let anchor = null;
let watcher = null;
let press = null;
// the card that had the keyboard last: rows that are scrolled away take their focus with them
let held = null;

const grid = () => document.querySelector("[data-grid]");
const cards = loaded;
const box = (card) => card.querySelector("input[name=id]");
const link = (card) => card.querySelector(".card-picture");
function current() {
  const card = document.activeElement?.closest?.("[data-grid] .card");
  if (card) return card;
  return document.activeElement === document.body && held && !held.isConnected && cards().includes(held) ? held : null;
}
// not only what is loaded: all that fit the filters
const every = () => document.querySelector("#bulk input[name=every]");
const isPicking = () => cards().some((card) => box(card).checked);

// more photos: the page that the link "Later" leads to is added to this one
export function watch() {
  watcher?.disconnect();
  const later = document.querySelector('.pager a[rel="next"]');
  if (!later || !grid() || !window.IntersectionObserver) return;
  watcher = new IntersectionObserver((entries) => { if (entries.some((each) => each.isIntersecting)) more(later); },
    { rootMargin: `${AHEAD_PX}px` });
  watcher.observe(later);
}

async function more(later) {
  watcher.disconnect();
  const answer = await fetch(later.href, BACKGROUND).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const known = new Set(cards().map((card) => box(card).value));
  const fresh = [...page.querySelectorAll("[data-grid] .card")].filter((card) => !known.has(box(card).value));
  if (every()?.checked) fresh.forEach((card) => pick(card, true));
  add(fresh);
  const next = page.querySelector('.pager a[rel="next"]');
  if (next) later.replaceWith(next);
  else later.remove();
  watch();
}

function pick(card, on) {
  box(card).checked = on;
  if (!on && every()) every().checked = false;
}

function pickAllShown() {
  const boxes = cards().map(box);
  // the second time: those too that are not loaded yet
  if (every() && boxes.every((each) => each.checked)) every().checked = true;
  boxes.forEach((each) => { each.checked = true; });
  tell();
}

function pickRange(from, to, on) {
  const shown = cards();
  const [first, last] = [shown.indexOf(from), shown.indexOf(to)].sort((a, b) => a - b);
  shown.slice(Math.max(0, first), last + 1).forEach((card) => pick(card, on));
  tell();
}

function toggle(card, isRange) {
  if (isRange && cards().includes(anchor)) pickRange(anchor, card, true);
  else pick(card, !box(card).checked);
  anchor = card;
  tell();
}

function tell() {
  countPicked();
  announce(document.querySelector("[data-picked]").textContent);
}

// columns are counted from where the cards lie, so that ↓ goes down whatever the width
function columns() {
  const shown = [...(grid()?.children ?? [])];
  const top = shown[0]?.offsetTop;
  const end = shown.findIndex((card) => card.offsetTop !== top);
  return end === -1 ? shown.length : end;
}

function step(by, isRange) {
  const shown = cards();
  if (!shown.length) return false;
  const card = current();
  const at = card ? shown.indexOf(card) : -1;
  const to = shown[card ? Math.max(0, Math.min(shown.length - 1, at + by)) : 0];
  if (isRange && card) {
    anchor ??= card;
    pickRange(anchor, to, true);
  } else {
    anchor = to;
  }
  reach(to);
  link(to).focus({ preventScroll: true });
  return true;
}

const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: columns, ArrowUp: () => -columns() };

function pressed(event) {
  if (!grid() || event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
  const isInField = event.target.closest?.("input:not([type=checkbox]), textarea, select, summary, button");
  if (isInField) return;
  if (event.key in STEPS && !event.ctrlKey && !event.metaKey) {
    if (step(STEPS[event.key](), event.shiftKey)) event.preventDefault();
  } else if (event.key === " " && current()) {
    event.preventDefault();
    toggle(current(), event.shiftKey);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
    event.preventDefault();
    pickAllShown();
  } else if (event.key === "Escape" && isPicking()) {
    cards().forEach((card) => pick(card, false));
    tell();
  }
}

// a box was ticked by itself
function changed(event) {
  if (event.target === every()) cards().forEach((card) => { box(card).checked = every().checked; });
  else if (event.target.matches("[data-grid] input[name=id]") && !event.target.checked && every()) every().checked = false;
  countPicked();
}

function clicked(event) {
  const card = event.target.closest?.("[data-grid] .card");
  if (!card) return;
  if (event.target.matches("input[name=id]")) {
    if (event.shiftKey && cards().includes(anchor)) pickRange(anchor, card, event.target.checked);
    anchor = card;
    return;
  }
  const isOnPicture = event.target.closest(".card-picture");
  // once photos are picked by touch, a tap picks another
  if (isOnPicture && (event.shiftKey || event.ctrlKey || event.metaKey || (press?.isTouch && (press.isLong || isPicking())))) {
    event.preventDefault();
    if (!press?.isLong) toggle(card, event.shiftKey);
    press = null;
  }
}

function down(event) {
  const card = event.target.closest?.("[data-grid] .card");
  clearTimeout(press?.timer);
  press = card ? { card, x: event.clientX, y: event.clientY, isTouch: event.pointerType === "touch", isLong: false } : null;
  if (!press?.isTouch) return;
  const held = press;
  held.timer = setTimeout(() => { held.isLong = true; toggle(card, false); navigator.vibrate?.(10); }, LONG_PRESS_MS);
}

function moved(event) {
  if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > STILL_PX) clearTimeout(press.timer);
}

// a key decides what is picked, or else the photo that has the focus
function decide(name) {
  if (!grid()) return null;
  const button = document.querySelector(`.bulk-bar button[name=action][value="${name}"]`);
  const card = current();
  if (!button || (!isPicking() && !card)) return false;
  if (!isPicking()) pick(card, true);
  document.getElementById("bulk").requestSubmit(button);
  return true;
}

for (const name of ["approve", "reject", "reopen", "retry", "regenerate"]) {
  define(name, () => decide(name) ?? act(`button:${name}`));
}

export function listenToGrid() {
  followScroll();
  draw();
  document.addEventListener("focusin", (event) => { held = event.target.closest("[data-grid] .card") ?? held; });
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", moved, { passive: true });
  document.addEventListener("pointerup", () => clearTimeout(press?.timer));
  document.addEventListener("contextmenu", (event) => { if (press?.isLong) event.preventDefault(); });
}
