// Decisions without a reload: a form is sent as it is, and the page that answers takes the old one's place.
// The server renders everything; a conflict or a refusal comes back as the page with what was typed.

import { announce, toast } from "./announce.js";
import { BACKGROUND } from "./background.js";
import { forget, hold, restore, typed } from "./unsaved.js";

// a page fetched ahead is shown only while it is as fresh as a look at one photo
const FRESH_MS = 30000;
const SIGNED_OUT = "You are signed out, and nothing was saved. What you typed is still here: sign in in another tab, then press again.";

const listeners = [];
// what is asked for next: pages by address, and pictures, held so that the browser keeps them decoded
const ahead = new Map();
let pictures = [];
let isBusy = false;
let underWay = Promise.resolve();

export function whenSwapped(listener) {
  listeners.push(listener);
}

export function isPhotoPage() {
  return document.getElementById("main")?.dataset.page === "photo";
}

export function send(form, submitter) {
  if (!isBusy) underWay = answered(form, submitter);
}

async function answered(form, submitter) {
  // what was fetched ahead may show what this changes
  ahead.clear();
  const data = new FormData(form, submitter);
  if (isRejection(form)) typed().forEach((each) => carry(data, each));
  const address = submitter?.formAction && submitter.hasAttribute("formaction") ? submitter.formAction : form.action;
  isBusy = true;
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "text/html" } });
    await show(answer, form);
  } catch {
    toast("Lightgate does not answer. Nothing was saved; what you typed is still here.");
  } finally {
    isBusy = false;
    document.documentElement.removeAttribute("aria-busy");
  }
}

// its own form holds only the reason: what is typed is sent along, and saved with it
const isRejection = (form) => form.classList.contains("reject-form");

function carry(data, field) {
  data.set(field.name, field.value);
  data.set(`was.${field.name}`, field.form.elements[`was.${field.name}`].value);
}

async function show(answer, form) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isRefusalWithForm = [400, 409, 422, 503, 507].includes(answer.status);
  const isOfThisSite = page.getElementById("main") !== null;
  if (!isOfThisSite || (!answer.ok && !(isRefusalWithForm && page.querySelector(".photo-page, .confirm")))) {
    toast(answer.status === 401 ? SIGNED_OUT : wordsOf(page));
    return;
  }
  // the photo's own form carries what is typed
  if (form.id !== "photo-form" && !isRejection(form)) hold();
  else if (answer.ok) forget(document.getElementById("photo-form"));
  if (answer.ok && answer.url !== location.href) history.pushState({}, "", answer.url);
  replace(page);
}

function wordsOf(page) {
  const [title, words] = ["main h1", "main h1 + p"].map((each) => page.querySelector(each)?.textContent.trim());
  return title && words ? `${title}: ${words}` : "That did not work; nothing was saved.";
}

function replace(page) {
  document.title = page.title;
  document.body.className = page.body.className;
  const held = document.activeElement?.dataset?.do;
  document.getElementById("main").replaceWith(page.getElementById("main"));
  bringBack();
  const nav = document.querySelector("[data-live=nav]");
  const newNav = page.querySelector("[data-live=nav]");
  if (nav && newNav) nav.replaceWith(newNav);
  const problem = document.querySelector("main [role=alert]");
  const flash = document.querySelector("main .flash p");
  const left = document.querySelector("main .left-over");
  announce([problem ?? flash, left].filter(Boolean).map((each) => each.textContent.trim()).join(", "));
  const main = document.getElementById("main");
  ((held && main.querySelector(`[data-do="${held}"]`)) || main).focus({ preventScroll: true });
  scrollTo(0, 0);
  if (problem) problem.scrollIntoView({ block: "nearest" });
  listeners.forEach((listener) => listener());
}

export function bringBack() {
  if (restore()) toast("What you typed here is back. It is not saved yet.");
}

// going on saves what is typed; what is refused stays on the screen, and is left by the second press
let refused = null;

async function saved() {
  const main = document.getElementById("main");
  const save = main.querySelector('#photo-form [data-do="save"]');
  if (!typed().length || !save) return true;
  if (refused === main) {
    forget(save.form);
    return true;
  }
  if (main.querySelector(".problem[role=alert]")) {
    refused = main;
    toast("What you typed is not saved. Save it, or press again to go on without it.");
    return false;
  }
  save.form.requestSubmit(save);
  await underWay;
  return !typed().length;
}

export async function visit(address) {
  if (isBusy) return;
  const hadTyped = typed().length > 0;
  if (!(await saved())) return;
  const words = hadTyped ? document.querySelector("main .flash p")?.textContent : "";
  isBusy = true;
  try {
    const page = new DOMParser().parseFromString(await fetchedAhead(address), "text/html");
    if (!page.querySelector(".photo-page")) throw new Error("not a photo page");
    history.pushState({}, "", address);
    replace(page);
    if (words) toast(words);
  } catch {
    location.assign(address);
  } finally {
    isBusy = false;
  }
}

// the way back leads to another photo: what is typed on this one is kept there
export async function goBack() {
  if (isBusy || !isPhotoPage()) return location.reload();
  hold();
  isBusy = true;
  try {
    const page = new DOMParser().parseFromString(await textOf(location.href), "text/html");
    if (!page.querySelector(".photo-page")) throw new Error("not a photo page");
    replace(page);
  } catch {
    location.reload();
  } finally {
    isBusy = false;
  }
}

// any other page is opened anew
export async function leaveFor(address) {
  if (!isBusy && (await saved())) location.assign(address);
}

async function textOf(address) {
  const answer = await fetch(address, BACKGROUND);
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  return answer.text();
}

function fetchedAhead(address) {
  const page = ahead.get(address);
  ahead.delete(address);
  return page && performance.now() - page.at < FRESH_MS ? page.text.catch(() => textOf(address)) : textOf(address);
}

// the next photo's page, and the pictures around it, are in the browser before they are asked for
export function prefetch() {
  const soon = document.querySelector(".photo-page")?.dataset.soon ?? "";
  pictures = soon.split(" ").filter(Boolean).map((address) => {
    const picture = new Image();
    picture.src = address;
    picture.decode().catch(() => {});
    return picture;
  });
  ahead.clear();
  const next = document.querySelector(".photo-page a[rel=next]");
  if (!next) return;
  const text = textOf(next.href);
  text.catch(() => {});
  ahead.set(next.href, { at: performance.now(), text });
}
