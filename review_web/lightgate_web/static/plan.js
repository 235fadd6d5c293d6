// The release page: what exactly would be written, asked for photo by photo, since each is rendered for it.

import { announce } from "./announce.js";
import { BACKGROUND } from "./background.js";

const MEGA = 1e6;

export async function showPlans() {
  const places = [...document.querySelectorAll("[data-plan]:not([data-shown])")];
  const sum = { files: 0, bytes: 0, refused: 0, photos: 0 };
  for (const place of places) {
    place.dataset.shown = "";
    const answer = await fetch(place.dataset.plan, BACKGROUND).catch(() => null);
    if (!answer?.ok || !place.isConnected) return;
    const plan = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".plan");
    if (!plan) return;
    place.replaceChildren(place.querySelector("summary"), plan);
    // they stand above already
    plan.querySelectorAll("[data-remark]").forEach((each) => each.remove());
    place.open = "refused" in plan.dataset;
    sum.photos += 1;
    sum.files += Number(plan.dataset.files);
    sum.bytes += Number(plan.dataset.bytes);
    sum.refused += "refused" in plan.dataset ? 1 : 0;
    tell(sum, places.length);
  }
}

function tell(sum, total) {
  const line = document.querySelector("[data-plan-sum]");
  if (!line) return;
  line.hidden = false;
  const done = sum.photos === total ? `${total} shown here` : `${sum.photos} of ${total} worked out`;
  const refused = sum.refused ? `, ${sum.refused} would be stopped` : "";
  line.querySelector("span").textContent = `${done}: ${sum.files} files, ${(sum.bytes / MEGA).toFixed(1)} MB${refused}`;
  line.classList.toggle("warns", sum.refused > 0);
  if (sum.photos === total) announce(line.textContent.trim());
}
