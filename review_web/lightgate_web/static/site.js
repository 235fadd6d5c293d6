// Puts the pieces together. Every page works without this file; with it, it is quicker.

import { act, define } from "./actions.js";
import { toast } from "./announce.js";
import { listenToCompare, stepInCompare } from "./compare.js";
import { countPicked, pickAll, showCounters, showLocalTimes, take } from "./fields.js";
import { listenToGrid, watch } from "./grid.js";
import { listen, mark, showOverview } from "./keys.js";
import { follow, stop } from "./live.js";
import { listenToMenu } from "./menu.js";
import { listenToSecondClicks } from "./once.js";
import { keepPlace } from "./place.js";
import { showPlans } from "./plan.js";
import { listenToRating } from "./rating.js";
import { recall, remember } from "./remembered.js";
import { listenToRepeat } from "./repeat.js";
import { listenToStage, toggleCrop } from "./stage.js";
import { bringBack, goBack, isPhotoPage, leaveFor, prefetch, send, visit, whenSwapped } from "./swap.js";
import { listenToLeaving, typed } from "./unsaved.js";

const THEMES = { system: "as the system", dark: "dark", light: "light" };

function showTheme() {
  const theme = recall("theme") ?? "system";
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.querySelectorAll("[data-theme-name]").forEach((each) => { each.textContent = THEMES[theme]; });
}

define("theme", () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(recall("theme") ?? "system") + 1) % names.length];
  remember("theme", next === "system" ? null : next);
  showTheme();
  toast(`Theme: ${THEMES[next]}`);
  return true;
});
define("help", () => { showOverview(); return true; });
define("next", () => stepInCompare(1) || go("next"));
define("previous", () => stepInCompare(-1) || go("previous"));

function go(direction) {
  const link = document.querySelector(`main a[data-do="${direction}"]`);
  if (link) visit(link.href);
  else if (isPhotoPage()) toast(direction === "next" ? "That was the last photo of this selection." : "This is the first photo of this selection.");
  return isPhotoPage();
}

const BY_CLICK = { help: () => act("help"), theme: () => act("theme"), crop: toggleCrop, "pick-all": pickAll };

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const name = target.dataset.do;
  if (name in BY_CLICK) BY_CLICK[name]();
  else if (name === "take") take(target);
  else if (name === "zoom" && target.matches("a")) {
    event.preventDefault();
    // a finger zooms by two taps or two fingers, and has the button 1:1
    if (event.pointerType !== "touch" && !target.classList.contains("is-zoomed")) toggleCrop();
  }
  else if ((name === "next" || name === "previous") && target.matches("a")) { event.preventDefault(); visit(target.href); }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href]:not([href^="#"], [data-do="zoom"])');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !typed().length) return;
  event.preventDefault();
  leaveFor(link.href);
});

// the second click of a double click would decide the photo that has come by then
document.addEventListener("click", (event) => {
  if (event.detail > 1 && isPhotoPage() && event.target.closest(".decide button")) event.preventDefault();
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "wholePage" in form.dataset || !isPhotoPage()) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("change", countPicked);
document.addEventListener("lightgate:fresh", () => { showLocalTimes(); mark(); });
// the way back leads to another photo; a link within the page, as the first one to the content, does not
const address = () => location.pathname + location.search;
let shown = address();
addEventListener("popstate", () => { if (address() !== shown) goBack(); });
addEventListener("pagehide", stop);

// on a narrow screen the tab in use may lie outside the row
function showCurrent() {
  document.querySelectorAll(".states [aria-current], .main-nav [aria-current]").forEach((each) => {
    each.parentElement.scrollLeft = each.offsetLeft - each.parentElement.offsetLeft - 40;
  });
}

function settle() {
  shown = address();
  showCurrent();
  showCounters();
  showLocalTimes();
  showTheme();
  mark();
  countPicked();
  follow();
  watch();
  showPlans();
  prefetch();
}

whenSwapped(settle);
listenToCompare();
listenToStage();
listenToGrid();
keepPlace();
listenToRating();
listenToRepeat();
listenToSecondClicks();
listenToMenu();
listenToLeaving();
listen();
bringBack();
settle();
document.documentElement.dataset.ready = "";
