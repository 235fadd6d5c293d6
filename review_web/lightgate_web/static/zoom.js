// Zoom and place of a picture in its frame: by pinch, drag, double tap, wheel and keys.

const MOST = 12;
const STEP = 1.15;
const MOVE_PX = 40;
const CLOSE = 2.5;
const DOUBLE_TAP_MS = 320;
const STILL_PX = 12;

const places = new WeakMap();
const WHOLE = { scale: 1, x: 0, y: 0 };

export const placeOf = (frame) => places.get(frame) ?? WHOLE;

export function draw(frame, next) {
  places.set(frame, next);
  frame.classList.toggle("is-zoomed", next.scale > 1);
  frame.querySelector("img").style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
}

// the point stays where it is; without one it is the middle
export function zoomed(by, point = { x: 0, y: 0 }) {
  return ({ scale, x, y }) => {
    const next = Math.min(MOST, Math.max(1, scale * by));
    if (next === 1) return WHOLE;
    return { scale: next, x: point.x - (point.x - x) * (next / scale), y: point.y - (point.y - y) * (next / scale) };
  };
}

export const moved = (dx, dy) => (at) => (at.scale === 1 ? at : { scale: at.scale, x: at.x + dx, y: at.y + dy });
export const whole = () => WHOLE;

export const ZOOM_KEYS = { "+": zoomed(STEP), "=": zoomed(STEP), "-": zoomed(1 / STEP), 0: whole };
export const MOVE_KEYS = {
  ArrowLeft: moved(MOVE_PX, 0), ArrowRight: moved(-MOVE_PX, 0), ArrowUp: moved(0, MOVE_PX), ArrowDown: moved(0, -MOVE_PX),
};

export function wheeled(event, frame) {
  return zoomed((event.deltaY || event.deltaX) < 0 ? STEP : 1 / STEP, fromMiddle(frame, event.clientX, event.clientY));
}

function fromMiddle(frame, x, y) {
  const box = frame.getBoundingClientRect();
  return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
}

// Fingers and mouse on frames: `frameOf` finds the frame of an event, `apply` carries a change out on it,
// `swiped` is told of a quick move over a picture that is not zoomed.
export function followPointers(frameOf, apply, swiped = () => {}) {
  const held = new Map();
  let start = null;
  let tapped = null;

  document.addEventListener("pointerdown", (event) => {
    const frame = frameOf(event);
    if (!frame || event.button) return;
    held.set(event.pointerId, { frame, x: event.clientX, y: event.clientY });
    start = { x: event.clientX, y: event.clientY, at: event.timeStamp, isAlone: held.size === 1 };
  });

  document.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId);
    if (!last) return;
    const other = [...held.entries()].find(([id]) => id !== event.pointerId)?.[1];
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const middle = fromMiddle(last.frame, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
      if (before) apply(last.frame, zoomed(now / before, middle), event);
    } else if (placeOf(last.frame).scale > 1) {
      apply(last.frame, moved(dx, dy), event);
    }
    held.set(event.pointerId, { ...last, x: event.clientX, y: event.clientY });
  });

  function ended(event) {
    const last = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (!last || !start?.isAlone || event.type === "pointercancel") return;
    const dx = event.clientX - start.x;
    const dy = event.clientY - start.y;
    if (event.pointerType !== "touch") return;
    if (Math.hypot(dx, dy) > STILL_PX) {
      if (placeOf(last.frame).scale === 1) swiped(dx, dy);
      return;
    }
    const isSecond = tapped && event.timeStamp - tapped.at < DOUBLE_TAP_MS && Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < 3 * STILL_PX;
    tapped = isSecond ? null : { at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (!isSecond) return;
    const isZoomed = placeOf(last.frame).scale > 1;
    apply(last.frame, isZoomed ? whole : zoomed(CLOSE, fromMiddle(last.frame, event.clientX, event.clientY)), event);
  }

  document.addEventListener("pointerup", ended);
  document.addEventListener("pointercancel", ended);
}
