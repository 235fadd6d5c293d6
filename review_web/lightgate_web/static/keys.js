// The one table of keys: what is bound here is what the overview shows.

import { act } from "./actions.js";
import { toast } from "./announce.js";
import { recall, remember } from "./remembered.js";
import { isPhotoPage } from "./swap.js";

export const KEYS = [
  { keys: ["p", "a"], action: "approve", words: "Approve, and go to the next" },
  { keys: ["x"], action: "reject", words: "Reject, and go to the next; on a rejected photo: back to review" },
  { keys: ["Shift+X"], action: "reason", words: "Write a reason, Enter rejects" },
  { keys: ["u"], action: "reopen", words: "Back to review" },
  { keys: ["z"], action: "undo", words: "Undo your last decision or edit" },
  { keys: ["Shift+Z"], action: "redo", words: "Do again what you undid" },
  { keys: ["5"], action: "band-5", words: "Rate as Top" },
  { keys: ["4"], action: "band-4", words: "Rate as Good" },
  { keys: ["3"], action: "band-3", words: "Rate as Average" },
  { keys: ["2"], action: "band-2", words: "Rate as Low" },
  { keys: ["1"], action: "band-1", words: "Rate as Very Low" },
  { keys: ["]"], action: "rate-up", words: "Rating + 0.05 (wheel: 0.01, Shift 0.05, Ctrl 0.25)" },
  { keys: ["["], action: "rate-down", words: "Rating − 0.05" },
  { keys: ["<"], action: "turn-left", words: "Turn the photo left" },
  { keys: [">"], action: "turn-right", words: "Turn the photo right" },
  { keys: ["l"], action: "lock", words: "Lock the text in use, or let models write it again" },
  { keys: ["g"], action: "regenerate", words: "Ask the model for new texts" },
  { keys: ["."], action: "repeat", words: "Repeat your last edit on this photo" },
  { keys: ["m"], action: "mend", words: "Take the first mended text that is offered" },
  { keys: ["c"], action: "compare", words: "Compare the series, or what is picked" },
  { keys: ["b"], action: "best", words: "Best of the series: approve it, reject the rest" },
  { keys: ["n"], action: "attention", words: "Next photo that needs attention" },
  { keys: ["Shift+N"], action: "first", words: "First photo that waits for a decision" },
  { keys: ["Shift+G"], action: "list", words: "To the list of photos" },
  { keys: ["ArrowRight", "j"], action: "next", words: "Next photo; what is typed is saved" },
  { keys: ["ArrowLeft", "k"], action: "previous", words: "Previous photo; what is typed is saved" },
  { keys: [" "], action: "zoom", words: "1:1 at the sharpest place, and back" },
  { keys: ["+", "="], action: "zoom-in", words: "Zoom in (Shift and arrows move the picture)" },
  { keys: ["-"], action: "zoom-out", words: "Zoom out" },
  { keys: ["0"], action: "zoom-whole", words: "The whole picture" },
  { keys: ["e"], action: "caption", words: "Edit the caption" },
  { keys: ["Shift+E"], action: "alt", words: "Edit the alt text" },
  { keys: ["t"], action: "keywords", words: "Edit the keywords" },
  { keys: ["r"], action: "retry", words: "Try a failed step again" },
  { keys: ["f"], action: "find", words: "Find and filter photos" },
  { keys: ["?"], action: "help", words: "This overview" },
  { keys: ["Ctrl+Enter"], action: "approve", words: "Save and approve, also from a field", everywhere: true },
  { keys: ["Escape"], action: "leave", words: "Leave the field", everywhere: true },
];

const OVERVIEW = KEYS.find((each) => each.action === "help");
const SHOWN = { ArrowRight: "→", ArrowLeft: "←", " ": "Space", Escape: "Esc" };

// keys that this person gave to actions, instead of those of the table
function ownKeys() {
  try {
    return JSON.parse(recall("keymap") ?? "{}");
  } catch {
    return {};
  }
}

// two rows may share an action: only the first of them is the one that is changed
function keysOf(bound) {
  const own = ownKeys()[bound.action];
  return own && KEYS.find((each) => each.action === bound.action) === bound ? [own] : bound.keys;
}

function rebind(bound, key) {
  const own = ownKeys();
  if (key === null) delete own[bound.action];
  else own[bound.action] = key;
  remember("keymap", Object.keys(own).length ? JSON.stringify(own) : null);
}

export function areOn() {
  return recall("keys") !== "off";
}

export function switchKeys(on) {
  remember("keys", on ? null : "off");
  document.querySelectorAll('[data-do="keys-switch"]').forEach((box) => { box.checked = on; });
  mark();
}

// what is typed with AltGr or Option is a sign like any other: many layouts have [ and ] nowhere else
const isSign = (event) => event.altKey && !event.metaKey && /^[^\p{L}\p{N}\s]$/u.test(event.key);

// other scripts have other letters, and some keyboards digits behind Shift: there the place of the key decides
function keyOf(event) {
  const isAlone = !event.altKey && !event.getModifierState("AltGraph");
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  if (letter && isAlone && /^(?![a-z])\p{L}$/iu.test(event.key)) return letter.toLowerCase();
  if (digit && isAlone && !event.shiftKey && !KEYS.some((each) => keysOf(each).includes(event.key))) return digit;
  return event.key;
}

function nameOf(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return "Ctrl+Enter";
  if (!isSign(event) && (event.ctrlKey || event.metaKey || event.altKey)) return "";
  const key = keyOf(event);
  if (event.shiftKey && /^[a-z]$/i.test(key)) return `Shift+${key.toUpperCase()}`;
  return key.length === 1 ? key.toLowerCase() : key;
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function ownsKey(target, name) {
  return name === " " && target.closest("button, summary, input, a") !== null;
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  const bound = KEYS.find((each) => keysOf(each).includes(name));
  const target = event.target instanceof Element ? event.target : document.body;
  if (!bound || ownsKey(target, name)) return;
  if (!bound.everywhere && (isTyping(target) || !areOn())) return;
  if (event.repeat && bound.action !== "next" && bound.action !== "previous") return;
  if (act(bound.action)) event.preventDefault();
  else if (isPhotoPage() && !bound.everywhere) toast(`Nothing to do on this photo: ${bound.words}`);
}

function label(key) {
  return (key === "+" ? [key] : key.split("+")).map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

function drawn(bound) {
  const term = document.createElement("dt");
  keysOf(bound).forEach((key, index) => {
    if (index) term.append(" or ");
    label(key).forEach((part, place) => {
      if (place) term.append("+");
      const cap = document.createElement("kbd");
      cap.textContent = part;
      term.append(cap);
    });
  });
  const words = document.createElement("dd");
  words.textContent = bound.words;
  const row = document.createElement("div");
  row.append(term, words);
  if (!bound.everywhere) words.append(" ", changer(bound, row));
  return row;
}

function changer(bound, row) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link small";
  button.textContent = "Change";
  button.setAttribute("aria-label", `Change the key of: ${bound.words}`);
  button.addEventListener("click", () => {
    button.textContent = "Press a key, Esc: as it was";
    button.addEventListener("keydown", (event) => {
      if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      give(bound, event.key === "Escape" ? null : nameOf(event), row);
    }, { once: true });
  });
  return button;
}

function give(bound, key, row) {
  const taken = key && KEYS.find((each) => each !== bound && keysOf(each).includes(key));
  if (!taken && key !== "") rebind(bound, key);
  const fresh = drawn(bound);
  row.replaceWith(fresh);
  fresh.querySelector("button").focus();
  if (taken) fresh.querySelector("button").textContent = `Taken: ${taken.words}`;
  mark();
}

export function showOverview() {
  let dialog = document.getElementById("keys-overview");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys-overview";
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.innerHTML = '<form method="dialog" class="dialog-head"><h2 id="keys-title">Keys</h2>'
      + '<label class="switch"><input type="checkbox" data-do="keys-switch"> Use single-letter keys</label>'
      + '<button class="primary" autofocus>Close</button></form><dl class="keys"></dl>';
    dialog.querySelector("dl").append(...KEYS.map(drawn));
    // the key that opens it closes it
    dialog.addEventListener("keydown", (event) => { 
      if (nameOf(event) !== keysOf(OVERVIEW)[0]) return;
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
  }
  dialog.querySelector("[data-do=keys-switch]").checked = areOn();
  dialog.showModal();
}

// a button says which key it has, as long as the keys are on
export function mark() {
  document.querySelectorAll("kbd[data-hint]").forEach((hint) => hint.remove());
  if (!areOn()) return;
  for (const button of document.querySelectorAll(".decide button[data-do]")) {
    const bound = KEYS.find((each) => each.action === button.dataset.do);
    if (!bound) continue;
    const hint = document.createElement("kbd");
    hint.dataset.hint = "";
    hint.setAttribute("aria-hidden", "true");
    hint.textContent = label(keysOf(bound)[0]).join("+");
    button.append(hint);
    button.setAttribute("aria-keyshortcuts", keysOf(bound).map((key) => label(key).join("+")).join(" "));
  }
}

export function listen() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("change", (event) => {
    if (event.target.matches('[data-do="keys-switch"]')) switchKeys(event.target.checked);
  });
  document.querySelectorAll('[data-do="keys-switch"]').forEach((box) => { box.checked = areOn(); });
  mark();
}

