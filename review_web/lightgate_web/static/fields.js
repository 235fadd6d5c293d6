// Small comforts of the page: counters, local times, picking.

import { loaded } from "./rows.js";

// as the text proof counts: a word may hold an apostrophe or a hyphen; without blanks, two characters are one
const WORD = /[\p{L}\p{N}]+(?:['\u2019\u2010\u2011-][\p{L}\p{N}]+)*/gu;
// as the server reads the line: a comma inside quotation marks separates nothing
const KEYWORD = /[^\S\r\n]*"(?:[^"\r\n]|"")+"[^\S\r\n]*(?:[,\r\n]|$)|[^,\r\n]+/g;
const MOST_WORDS = 24;
const MOST_ALT = 250;

const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

function count(field, unit) {
  const value = field.value.trim();
  if (unit === "keywords") return [counted((value.match(KEYWORD) ?? []).filter((each) => each.trim()).length, "keyword"), false];
  if (unit === "alt") return [counted([...value].length, "character"), [...value].length > MOST_ALT];
  const found = value.match(WORD) ?? [];
  const words = unit === "pairs" ? Math.ceil(found.join("").length / 2) : found.length;
  return [counted(words, "word"), words > MOST_WORDS];
}

export function showCounters() {
  for (const counter of document.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(counter.dataset.counts);
    const write = () => {
      const [words, isOver] = count(field, counter.dataset.unit);
      counter.textContent = words;
      counter.classList.toggle("is-over", isOver);
    };
    field.addEventListener("input", write);
    write();
  }
}

export function showLocalTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    time.dataset.local = "";
    time.title = time.textContent;
    time.textContent = format.format(at);
  }
}

const boxes = () => loaded().map((card) => card.querySelector("input[name=id]"));

export function countPicked() {
  const label = document.querySelector("[data-picked]");
  if (!label) return;
  const every = document.querySelector("#bulk input[name=every]:checked");
  const picked = every ? every.dataset.total : boxes().filter((box) => box.checked).length;
  label.textContent = picked ? `${picked} selected` : "Tick photos to decide or edit several at once";
}

export function pickAll() {
  const wanted = boxes().some((box) => !box.checked);
  boxes().forEach((box) => { box.checked = wanted; });
  countPicked();
}

export function take(button) {
  const field = document.getElementById(button.dataset.for);
  const theirs = button.closest(".theirs");
  field.value = theirs.querySelector("[data-theirs]").textContent.replace(/^\(empty\)$/, "");
  field.dispatchEvent(new Event("input"));
  theirs.remove();
  field.focus();
}
