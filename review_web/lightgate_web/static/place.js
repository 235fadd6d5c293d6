// Where somebody is in a long list stays in the address: a reload, the way back and a decision for many return there.

const STILL_MS = 200;

let timer = null;

const cards = () => [...document.querySelectorAll("[data-grid] .card")];

// the first card of the screen; what lies above it is where the page would start from
function firstOnScreen(every) {
  return every.findIndex((card) => card.getBoundingClientRect().bottom > 0);
}

function write() {
  const every = cards();
  const first = firstOnScreen(every);
  if (first === -1) return;
  const address = new URL(location.href);
  if (first > 0) {
    address.searchParams.set("after", every[first - 1].dataset.place);
    address.searchParams.delete("before");
  } else if (every[0].dataset.first !== undefined) {
    address.searchParams.delete("after");
    address.searchParams.delete("before");
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
  bring(address.searchParams);
}

// forms of the list answer with the list: at the same place
function bring(params) {
  for (const form of document.querySelectorAll("form[data-keeps-place]")) {
    // not form.action: the buttons of the form have that name
    const action = new URL(form.getAttribute("action"), location.href);
    for (const name of ["after", "before"]) {
      if (params.has(name)) action.searchParams.set(name, params.get(name));
      else action.searchParams.delete(name);
    }
    form.setAttribute("action", action.href);
    // undo and redo come back to the very address
    if (form.elements.back) form.elements.back.value = location.pathname + location.search;
  }
}

function note() {
  clearTimeout(timer);
  if (document.querySelector("[data-grid]")) timer = setTimeout(write, STILL_MS);
}

// a list that starts at a place begins on the screen with its grid; after a decision for many the keyboard goes on there
function settle() {
  const came = sessionStorage.getItem("lightgate.place");
  sessionStorage.removeItem("lightgate.place");
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  if (new URL(location.href).searchParams.has("after")) {
    // the browser would scroll on by as much as it had scrolled before
    history.scrollRestoration = "manual";
    grid.scrollIntoView({ block: "start" });
  }
  if (came === location.pathname) grid.querySelector(".card-picture")?.focus({ preventScroll: true });
}

export function keepPlace() {
  addEventListener("scroll", note, { passive: true });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-keeps-place]") || !cards().length) return;
    clearTimeout(timer);
    write();
    sessionStorage.setItem("lightgate.place", "/photos");
  });
  settle();
}
