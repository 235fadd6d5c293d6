// Small comforts of the page: counters, local times, 1:1, picking.

// as the text proof counts
const MOST_WORDS = 24;
const MOST_ALT = 250;

function count(field, unit) {
  const value = field.value.trim();
  if (unit === "keywords") return [`${value.split(/[,\n]/).filter((each) => each.trim()).length} keywords`, false];
  if (unit === "alt") return [`${value.length} characters`, value.length > MOST_ALT];
  const words = value ? value.split(/\s+/).length : 0;
  return [`${words} words`, words > MOST_WORDS];
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

export function toggleCrop() {
  const stage = document.querySelector(".stage");
  if (!stage) return false;
  const picture = stage.querySelector("img");
  if (!picture.dataset.view) picture.dataset.view = picture.getAttribute("src");
  const isCrop = stage.classList.toggle("is-crop");
  picture.src = isCrop ? picture.dataset.crop : picture.dataset.view;
  return true;
}

export function countPicked() {
  const label = document.querySelector("[data-picked]");
  if (!label) return;
  const picked = document.querySelectorAll("#bulk input[name=id]:checked").length;
  label.textContent = picked ? `${picked} selected` : "Tick photos to decide or edit several at once";
}

export function pickAll() {
  const boxes = [...document.querySelectorAll("#bulk input[name=id]")];
  const wanted = boxes.some((box) => !box.checked);
  boxes.forEach((box) => { box.checked = wanted; });
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
