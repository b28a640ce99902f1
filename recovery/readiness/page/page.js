"use strict";
// Puts what the server sends in the place of what is shown, part by part, so that the reader's place, focus and
// selection stay. A screen reader is told the verdict when it changes, and nothing else.
(() => {
  const main = document.getElementById("main");
  const say = document.getElementById("say");
  const line = document.getElementById("line");

  const patch = (html) => {
    const fresh = new DOMParser().parseFromString(`<main>${html}</main>`, "text/html").querySelector("main");
    const wanted = [...fresh.children];
    const ids = new Set(wanted.map((part) => part.id));
    for (const part of [...main.children]) if (!ids.has(part.id)) part.remove();
    wanted.forEach((part, n) => {
      const old = document.getElementById(part.id);
      if (old && old.outerHTML === part.outerHTML) return;
      if (!old) { main.insertBefore(part, main.children[n] ?? null); return; }
      const at = [...old.querySelectorAll("[tabindex]")].indexOf(document.activeElement);
      const moved = [...old.querySelectorAll(".scroll")].map((s) => s.scrollLeft);
      old.replaceWith(part);
      part.querySelectorAll(".scroll").forEach((s, i) => { s.scrollLeft = moved[i] ?? 0; });
      if (at >= 0) part.querySelectorAll("[tabindex]")[at]?.focus({ preventScroll: true });
    });
  };

  const source = new EventSource("events");
  source.addEventListener("readiness", (event) => {
    const next = JSON.parse(event.data);
    document.body.classList.remove("stale");
    line.textContent = "Live: this page changes by itself.";
    document.title = next.title;
    if (say.textContent !== next.say) say.textContent = next.say;
    patch(next.main);
  });
  source.addEventListener("error", () => {
    document.body.classList.add("stale");
    line.textContent = "The connection to redoubt serve is lost: what is below is old. It is tried again.";
  });
})();
