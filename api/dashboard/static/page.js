// What the pages do beyond plain HTML: a bar says its figures under the pointer, forms apply themselves, and the explore
// page changes in place. Without this script every page still works.
"use strict";

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

function point(event) {
  const mark = event.target.closest(".drawing [aria-label]");
  if (!mark) {
    tip.hidden = true;
    return;
  }
  tip.textContent = mark.getAttribute("aria-label");
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const at = mark.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - box.width / 2), document.documentElement.clientWidth - box.width - 8);
  const above = at.top - box.height - 8;
  tip.style.left = `${left + window.scrollX}px`;
  tip.style.top = `${(above > 4 ? above : at.bottom + 8) + window.scrollY}px`;
}

document.addEventListener("pointerover", point);
document.addEventListener("focusin", point);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tip.hidden = true;
});

let asked = 0;

async function show(url, push) {
  const results = document.getElementById("results");
  const number = ++asked;
  results.classList.add("is-loading");
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("results");
    if (number !== asked) return;
    if (!fresh) throw new Error("no results in the answer");
    results.replaceWith(fresh);
    document.title = page.title;
    if (push) history.pushState(null, "", url);
  } catch {
    if (number === asked) location.assign(url);
  }
}

function address(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(filled).toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

const form = document.querySelector("form[data-live]");
if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(form), true);
  });
  form.addEventListener("change", () => show(address(form), true));
  window.addEventListener("popstate", () => location.reload());
}
