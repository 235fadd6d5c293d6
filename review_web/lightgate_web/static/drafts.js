// What was typed and not saved, kept by this browser under the name of who typed it: it outlives a reload, a closed tab
// and a session that ended, and goes with a sign-out.

const PREFIX = "lightgate.draft.";
const DAYS_MS = 14 * 24 * 3600 * 1000;

// where storage is switched off, for as long as the page
const here = new Map();

const who = () => document.querySelector(".who")?.textContent ?? "";
const keyOf = (name) => `${PREFIX}${who()}.${name}`;

function stored() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

export function draftOf(name) {
  const key = keyOf(name);
  try {
    return here.get(key) ?? JSON.parse(localStorage.getItem(key))?.fields ?? [];
  } catch {
    return here.get(key) ?? [];
  }
}

export function keepDraft(name, fields) {
  const key = keyOf(name);
  here.delete(key);
  try {
    if (fields.length) localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
    else localStorage.removeItem(key);
  } catch {
    if (fields.length) here.set(key, fields);
  }
}

export function dropDrafts() {
  here.clear();
  stored().forEach((key) => localStorage.removeItem(key));
}

// nobody comes back for what is that old
export function tidyDrafts() {
  for (const key of stored()) {
    const at = (() => { try { return JSON.parse(localStorage.getItem(key)).at; } catch { return 0; } })();
    if (!(Date.now() - at < DAYS_MS)) localStorage.removeItem(key);
  }
}
