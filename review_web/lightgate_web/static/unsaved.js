// What is typed on a photo and not saved yet: an answer about something else brings it back, and nobody leaves it
// behind by mistake.

import { draftOf, dropDrafts, keepDraft, tidyDrafts } from "./drafts.js";

const KEEP_AFTER_MS = 300;

let keeping = null;
// who signs out takes what is typed along
let isLeaving = false;

const form = () => document.getElementById("photo-form");
// one form for each photo
const nameOf = (of) => of.getAttribute("action").split("?")[0];

// what can be typed into, beside the digest of what was shown
export const fields = () => [...(form()?.elements ?? [])].filter((each) => form().elements[`was.${each.name}`] && !each.readOnly);

// after a refusal the page itself holds what was typed, and says so
export const typed = () => fields().filter((each) => each.value !== each.defaultValue || "typed" in each.dataset);

export function hold() {
  clearTimeout(keeping);
  // a page that was refused says itself what was typed, and no longer what was stored
  if (isLeaving || !form() || fields().some((each) => "typed" in each.dataset)) return;
  keepDraft(nameOf(form()), typed().map((each) => ({ name: each.name, value: each.value, shown: each.defaultValue })));
}

// what was typed is saved
export function forget(saved) {
  clearTimeout(keeping);
  keepDraft(nameOf(saved), []);
}

// answers whether something came back
export function restore() {
  const kept = form() && fields().length ? draftOf(nameOf(form())) : [];
  const back = kept.filter(({ name, value }) => {
    const field = form().elements[name];
    return field && field.value !== value && !("typed" in field.dataset);
  });
  for (const { name, value, shown } of back) {
    const field = form().elements[name];
    if (field.defaultValue === shown) field.value = value;
    else offer(field, value);
  }
  return back.length > 0;
}

// the text has changed meanwhile: both are shown, and a person takes one
function offer(field, value) {
  const place = document.createElement("div");
  place.className = "theirs";
  place.innerHTML = '<p class="small">You had typed:</p><blockquote dir="auto" data-theirs></blockquote>'
    + '<button type="button" class="link" data-do="take">Take this one</button>';
  place.querySelector("blockquote").textContent = value;
  if (field.lang) place.querySelector("blockquote").lang = field.lang;
  place.querySelector("button").dataset.for = field.id;
  field.after(place);
}

export function listenToLeaving() {
  tidyDrafts();
  document.addEventListener("input", (event) => {
    if (event.target.form !== form() || !form()) return;
    isLeaving = false;
    clearTimeout(keeping);
    keeping = setTimeout(hold, KEEP_AFTER_MS);
  });
  document.addEventListener("submit", (event) => {
    if (!("forgets" in event.target.dataset)) return;
    isLeaving = true;
    clearTimeout(keeping);
    dropDrafts();
  });
  // a tab that is closed, or put away by a phone
  addEventListener("pagehide", hold);
  addEventListener("beforeunload", (event) => { if (typed().length) event.preventDefault(); });
}
