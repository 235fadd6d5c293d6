// What a key or a button does. Each answers whether there was anything to do.

import { announce } from "./announce.js";

const actions = new Map();

export function define(name, action) {
  actions.set(name, action);
}


export function act(name) {
  return actions.has(name) ? actions.get(name)() : click(name);
}

// most actions are a button or a link of the page: what it can't do now, it doesn't show
function click(name) {
  const target = document.querySelector(`main [data-do="${name}"]`);
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

for (const name of ["caption", "alt", "keywords", "reason", "find"]) define(name, () => focusOn(name));

define("leave", () => {
  const field = document.activeElement;
  if (!field?.matches("input, textarea, select")) return false;
  field.blur();
  announce("Left the field");
  return true;
});
