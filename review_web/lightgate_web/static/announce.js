// Words for everybody: a live region for screen readers, a short line on the screen where asked for.

let timer;

export function announce(words) {
  const region = document.getElementById("announcer");
  if (!region) return;
  // the same words twice are announced only when the region was empty in between
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = words; });
}

export function toast(words) {
  announce(words);
  document.getElementById("toast")?.remove();
  const line = document.createElement("div");
  line.id = "toast";
  line.textContent = words;
  document.body.append(line);
  clearTimeout(timer);
  timer = setTimeout(() => line.remove(), 8000);
}
