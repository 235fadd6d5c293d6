// Of a long grid only the rows near the screen stand in the document; all that is loaded is kept here. Padding stands in
// for the rows above and below, so that the page keeps its length and nothing jumps.

const NEAR_PX = 1500;
// a list this short stays whole: the browser's own search finds all of it
const SHORT = 150;

let grid = null;
let all = [];
let heights = new Map();
let columns = 0;
let drawn = [0, 0];
let isAsked = false;

// every card that is loaded, in the document or not
export function loaded() {
  const now = document.querySelector("[data-grid]");
  if (now !== grid) take(now);
  return all;
}

function take(now) {
  grid = now;
  all = [...(now?.querySelectorAll(".card") ?? [])];
  heights = new Map();
  drawn = [0, all.length];
  // ticked cards that are out of the document are sent all the same
  now?.closest("form")?.addEventListener("formdata", (event) => {
    const hidden = all.filter((card) => !card.isConnected).map((card) => card.querySelector("input[name=id]"));
    hidden.filter((box) => box.checked).forEach((box) => event.formData.append(box.name, box.value));
  });
}

export function add(cards) {
  // out of the page that they came with
  loaded().push(...cards.map((card) => document.adoptNode(card)));
  if (all.length <= SHORT) {
    grid.append(...cards);
    drawn = [0, all.length];
  } else {
    draw();
  }
}

// brings a card into the document and onto the screen
export function reach(card) {
  if (!card.isConnected) {
    const [above] = outside(rowOf(card), rowOf(card));
    scrollBy({ top: grid.getBoundingClientRect().top + above - innerHeight / 2, behavior: "instant" });
    draw();
  }
  card.scrollIntoView({ block: "nearest" });
}

const rowOf = (card) => Math.floor(all.indexOf(card) / columns);
const style = () => getComputedStyle(grid);

function usual() {
  if (!heights.size) return all[drawn[0]].offsetHeight + (parseFloat(style().rowGap) || 0);
  return [...heights.values()].reduce((sum, each) => sum + each, 0) / heights.size;
}

// the height of what lies above one row and below another
function outside(first, last) {
  const common = usual();
  const sum = [0, 0];
  for (let row = 0; row < Math.ceil(all.length / columns); row += 1) {
    if (row < first) sum[0] += heights.get(row) ?? common;
    if (row > last) sum[1] += heights.get(row) ?? common;
  }
  return sum;
}

function nearRows() {
  const common = usual();
  const rows = Math.ceil(all.length / columns);
  const top = grid.getBoundingClientRect().top;
  let [first, last, at] = [rows - 1, 0, top];
  for (let row = 0; row < rows; row += 1) {
    const end = at + (heights.get(row) ?? common);
    if (end > -NEAR_PX) first = Math.min(first, row);
    if (at < innerHeight + NEAR_PX) last = row;
    at = end;
  }
  return [Math.min(first, last), last];
}

export function draw() {
  isAsked = false;
  if (!loaded().length || all.length <= SHORT) return;
  const now = style().gridTemplateColumns.split(" ").length;
  if (now !== columns) heights = new Map();
  columns = now;
  const [first, last] = nearRows();
  const wanted = [first * columns, Math.min(all.length, (last + 1) * columns)];
  if (wanted[0] === drawn[0] && wanted[1] === drawn[1]) return;
  put(wanted);
  const [above, below] = outside(first, last);
  grid.style.paddingBlock = `${above}px ${below}px`;
  measure(first, last);
}

function put([from, to]) {
  const [was, until] = drawn;
  const isApart = to <= was || from >= until;
  if (isApart) {
    grid.replaceChildren(...all.slice(from, to));
  } else {
    all.slice(was, Math.min(from, until)).forEach((card) => card.remove());
    all.slice(Math.max(to, was), until).forEach((card) => card.remove());
    grid.prepend(...all.slice(from, Math.max(from, was)));
    grid.append(...all.slice(Math.min(to, until), to));
  }
  for (let at = from; at < to; at += 1) {
    all[at].setAttribute("aria-posinset", at + 1);
    all[at].setAttribute("aria-setsize", grid.dataset.total);
  }
  drawn = [from, to];
}

function measure(first, last) {
  const gap = parseFloat(style().rowGap) || 0;
  for (let row = first; row <= last; row += 1) {
    const card = all[row * columns];
    if (!heights.has(row) && card) heights.set(row, card.offsetHeight + gap);
  }
}

function ask() {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(draw);
}

export function followScroll() {
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
}
