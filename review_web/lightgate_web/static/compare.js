// Photos side by side: zoom and place are locked together; with Shift one goes alone.

const MOST = 12;
const STEP = 1.15;
const MOVE_PX = 40;

const places = new WeakMap();
const place = (frame) => places.get(frame) ?? { scale: 1, x: 0, y: 0 };

function draw(frame, next) {
  places.set(frame, next);
  frame.querySelector("img").style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
}

function each(frame, isAlone, change) {
  const frames = isAlone ? [frame] : [...frame.closest("[data-compare]").querySelectorAll(".compare-frame")];
  frames.forEach((one) => draw(one, change(place(one))));
}

function zoomed(by) {
  return ({ scale, x, y }) => {
    const next = Math.min(MOST, Math.max(1, scale * by));
    return next === 1 ? { scale: 1, x: 0, y: 0 } : { scale: next, x: x * (next / scale), y: y * (next / scale) };
  };
}

const moved = (dx, dy) => ({ scale, x, y }) => (scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: x + dx, y: y + dy });
const KEYS = {
  "+": zoomed(STEP), "=": zoomed(STEP), "-": zoomed(1 / STEP), 0: () => ({ scale: 1, x: 0, y: 0 }),
  ArrowLeft: moved(MOVE_PX, 0), ArrowRight: moved(-MOVE_PX, 0), ArrowUp: moved(0, MOVE_PX), ArrowDown: moved(0, -MOVE_PX),
};

const frameOf = (event) => event.target.closest?.("[data-compare] .compare-frame");

export function listenToCompare() {
  let held = null;
  document.addEventListener("wheel", (event) => {
    const frame = frameOf(event);
    if (!frame) return;
    event.preventDefault();
    each(frame, event.shiftKey, zoomed((event.deltaY || event.deltaX) < 0 ? STEP : 1 / STEP));
  }, { passive: false });
  document.addEventListener("pointerdown", (event) => { held = frameOf(event) ?? null; });
  document.addEventListener("pointermove", (event) => {
    if (held && event.buttons) each(held, event.shiftKey, moved(event.movementX, event.movementY));
  });
  document.addEventListener("pointerup", () => { held = null; });
  document.addEventListener("dblclick", (event) => {
    const frame = frameOf(event);
    if (frame) each(frame, event.shiftKey, KEYS[0]);
  });
  document.addEventListener("keydown", (event) => {
    const frame = frameOf(event);
    if (!frame || !(event.key in KEYS) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    each(frame, event.shiftKey, KEYS[event.key]);
  });
}
