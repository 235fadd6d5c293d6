// What is typed on a photo and not saved yet: an answer about something else brings it back, and nobody leaves it
// behind by mistake.

const drafts = new Map();

const form = () => document.getElementById("photo-form");
// one form for each photo
const nameOf = (of) => of.getAttribute("action").split("?")[0];

// what can be typed into, beside the digest of what was shown
export const fields = () => [...(form()?.elements ?? [])].filter((each) => form().elements[`was.${each.name}`] && !each.readOnly);

// after a refusal the page itself holds what was typed, and says so
export const typed = () => fields().filter((each) => each.value !== each.defaultValue || "typed" in each.dataset);

export function hold() {
  const kept = typed().map((each) => ({ name: each.name, value: each.value, shown: each.defaultValue }));
  if (kept.length) drafts.set(nameOf(form()), kept);
}

export function restore() {
  const kept = form() && fields().length ? drafts.get(nameOf(form())) : null;
  if (!kept) return;
  drafts.delete(nameOf(form()));
  for (const { name, value, shown } of kept) {
    const field = form().elements[name];
    if (!field || field.value === value) continue;
    if (field.defaultValue === shown) field.value = value;
    else offer(field, value);
  }
}

// the text has changed meanwhile: both are shown, and a person takes one
function offer(field, value) {
  const place = document.createElement("div");
  place.className = "theirs";
  place.innerHTML = '<p class="small">You had typed:</p><blockquote dir="auto" data-theirs></blockquote>'
    + '<button type="button" class="link" data-do="take">Take this one</button>';
  place.querySelector("blockquote").textContent = value;
  place.querySelector("button").dataset.for = field.id;
  field.after(place);
}

export function listenToLeaving() {
  addEventListener("beforeunload", (event) => { if (typed().length) event.preventDefault(); });
}
