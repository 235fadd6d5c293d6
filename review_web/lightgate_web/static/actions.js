// What a key or a button does. Each answers whether there was anything to do.

import { announce } from "./announce.js";

const actions = new Map();

export function define(name, action) {
  actions.set(name, action);
}


export function act(name) {
  // "button:approve" presses the button of the page, whatever else the action may do
  const [kind, button] = name.split(":");
  // the second press of the key that rejected takes it back
  if (kind === "button") return click(button) || (button === "reject" && isRejected() && click("reopen"));
  return actions.has(name) ? actions.get(name)() : click(name);
}
const isRejected = () => document.querySelector("main .side [data-state=Rejected]") !== null;

// most actions are a button or a link of the page: what it can't do now, it doesn't show
function click(name) {
  return pressed(document.querySelector(`main [data-do="${name}"]`));
}

function pressed(target) {
  if (!target) return false;
  target.click();
  return true;
}

function focusOn(name) {
  const field = document.querySelector(`[data-key="${name}"]`);
  if (!field) return false;
  field.focus();
  if (field.setSelectionRange) field.setSelectionRange(field.value.length, field.value.length);
  field.scrollIntoView({ block: "nearest" });
  return true;
}

for (const name of ["caption", "alt", "keywords", "reason"]) define(name, () => focusOn(name));

// what was decided long ago is taken back by the button in the menu
for (const name of ["undo", "redo"]) {
  define(name, () => click(name) || pressed(document.querySelector(`.menu-items [data-do="${name}"]`)));
}

// the lock of the text in use, or of the first
define("lock", () => {
  const entry = document.activeElement?.closest?.(".entry");
  return pressed((entry ?? document).querySelector(".lock"));
});

define("find", () => focusOn("find") || click("list"));

define("first", () => {
  location.assign("/review");
  return true;
});

define("attention", () => {
  location.assign("/review?state=Error");
  return true;
});

define("leave", () => {
  const field = document.activeElement;
  if (!field?.matches("input, textarea, select")) return false;
  field.blur();
  announce("Left the field");
  return true;
});
