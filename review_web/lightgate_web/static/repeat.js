// What was changed on the last photo, to be done to the one that is shown.

import { define } from "./actions.js";
import { toast } from "./announce.js";
import { fields } from "./unsaved.js";

let last = [];

// each photo has its own
const LEFT_OUT = new Set(["file_name"]);

const form = () => document.getElementById("photo-form");
const wantedFields = () => fields().filter((each) => !LEFT_OUT.has(each.name));

// kept while this tab shows photos: what was edited elsewhere is another piece of work
function note(event) {
  if (event.target !== form() && event.submitter?.form !== form()) return;
  const changed = wantedFields().filter((each) => each.value !== each.defaultValue);
  if (changed.length) last = changed.map((each) => [each.name, each.value]);
}

define("repeat", () => {
  if (!form()) return false;
  const save = form().querySelector('[data-do="save"]');
  const values = new Map(last);
  const wanted = wantedFields().filter((each) => values.has(each.name));
  if (!save || !wanted.length) {
    toast("There is no edit to repeat yet.");
    return true;
  }
  wanted.forEach((each) => { each.value = values.get(each.name); });
  form().requestSubmit(save);
  return true;
});

export function listenToRepeat() {
  document.addEventListener("submit", note, true);
}
