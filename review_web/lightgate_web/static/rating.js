// The reviewer's rating by wheel and keys, and the name that other words would give.

import { define } from "./actions.js";
import { toast } from "./announce.js";

const STEP = 0.01;
const SHIFT_STEP = 0.05;
const CTRL_STEP = 0.25;
const LOWEST = 1;
const HIGHEST = 10;
const ASK_AFTER_MS = 250;
const SAVE_AFTER_MS = 900;

let asking = null;
let saving = null;

const field = () => document.querySelector("[data-rating]:not([readonly])");

function stepOf(event) {
  return event.ctrlKey || event.metaKey ? CTRL_STEP : event.shiftKey ? SHIFT_STEP : STEP;
}

function rate(value) {
  const rating = field();
  if (!rating) return false;
  rating.value = Math.min(HIGHEST, Math.max(LOWEST, value)).toFixed(2);
  rating.closest("details").open = true;
  toast(`Rating ${rating.value}`);
  saveSoon();
  return true;
}

function change(by) {
  const rating = field();
  if (!rating) return false;
  return rate((Number.parseFloat(rating.value.replace(",", ".")) || Number(rating.dataset.computed) || 5) + by);
}

// a rating saves itself once the hand rests, unless a text is being typed or the photo was decided meanwhile
function saveSoon() {
  clearTimeout(saving);
  const form = document.getElementById("photo-form");
  saving = setTimeout(() => {
    const isTyping = document.activeElement?.matches("textarea, input:not([data-rating])");
    if (form?.isConnected && !isTyping) form.requestSubmit(form.querySelector('[data-do="save"]'));
  }, SAVE_AFTER_MS);
}

for (const [key, value] of [[1, 3.5], [2, 5], [3, 6], [4, 7], [5, 8.5]]) define(`band-${key}`, () => rate(value));
define("rate-up", () => change(SHIFT_STEP));
define("rate-down", () => change(-SHIFT_STEP));

function wheeled(event) {
  const isOver = event.target.closest?.(".stage:not(.is-crop), [data-rating]");
  if (!isOver || !field() || !event.deltaY) return;
  event.preventDefault();
  change(event.deltaY < 0 ? stepOf(event) : -stepOf(event));
}

function pressed(event) {
  if (!event.target.matches?.("[data-rating]") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  change(event.key === "ArrowUp" ? stepOf(event) : -stepOf(event));
}

function typed(event) {
  const names = event.target.closest?.("[data-names]");
  if (!names || !event.target.matches('[name="subject"], [name="location"], [name="folder"]')) return;
  clearTimeout(asking);
  asking = setTimeout(() => foresee(names), ASK_AFTER_MS);
}

async function foresee(names) {
  const words = new URLSearchParams();
  for (const name of ["subject", "location", "folder"]) words.set(name, names.querySelector(`[name="${name}"]`)?.value ?? "");
  const answer = await fetch(`${names.dataset.names}?${words}`, { headers: { Accept: "application/json" } }).catch(() => null);
  const place = names.querySelector("[data-foreseen]");
  if (!answer || !place) return;
  const said = await answer.json().catch(() => ({}));
  const now = names.querySelector('[name="file_name"]')?.value;
  if (said.error) place.textContent = said.error.message;
  else place.textContent = said.file_name && said.file_name !== now ? `The file will be called ${said.file_name}` : "";
}

export function listenToRating() {
  document.addEventListener("wheel", wheeled, { passive: false });
  document.addEventListener("keydown", pressed);
  document.addEventListener("input", typed);
  document.addEventListener("submit", () => clearTimeout(saving), true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-rate]");
    if (button) rate(Number(button.dataset.rate));
  });
}
