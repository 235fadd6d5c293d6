// Choices that this browser keeps; where storage is switched off they last as long as the page.

const here = new Map();

export function recall(name) {
  try {
    return localStorage.getItem(`lightgate.${name}`) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

export function remember(name, value) {
  here.set(name, value);
  try {
    if (value === null) localStorage.removeItem(`lightgate.${name}`);
    else localStorage.setItem(`lightgate.${name}`, value);
  } catch {
    // kept for this page only
  }
}
