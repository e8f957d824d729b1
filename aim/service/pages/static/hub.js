// Without this file every filter still works as a plain form; with it nothing has to reload.
"use strict";

const form = document.getElementById("filters");
const frame = document.querySelector("iframe[data-map]");
const narrow = window.matchMedia("(max-width: 760px)");
let waiting = null;
let timer = 0;
let mapQuery = frame ? new URL(frame.src).search.slice(1) : "";

function chosenQuery() {
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") words.append(name, value);
  }
  // An address without any word would open the first preset again.
  return words.toString() || "since=";
}

function tellMap(message) {
  if (frame) frame.contentWindow.postMessage(message, window.location.origin);
}

function tellReader(text) {
  document.getElementById("told").textContent = text;
}

function showTrouble(text) {
  const box = document.getElementById("trouble");
  box.textContent = text;
  box.hidden = text === "";
}

function nameChosen(picker) {
  const shown = picker.querySelector(".picker-chosen");
  const ticked = [...picker.querySelectorAll("input:checked")];
  if (ticked.length === 0) shown.textContent = shown.dataset.all;
  else if (ticked.length === 1) shown.textContent = ticked[0].parentElement.textContent.trim();
  else shown.textContent = `${ticked.length} chosen`;
}

function nameHours(picker) {
  const hours = form.elements.hours.value;
  const days = [...picker.querySelectorAll("input:checked")].map((box) => box.value).join(",");
  const said = [hours, days].filter(Boolean).join(", ");
  picker.querySelector(".picker-chosen").textContent = said || "Any time";
}

function swapParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (next) part.replaceChildren(...next.childNodes);
  }
  const summary = document.getElementById("summary");
  document.title = document.title.replace(/^.*? – AIM/, () =>
    `Hotspots: ${summary.querySelector("h2").textContent} – AIM`);
  tellReader(summary.dataset.told);
  return summary.dataset.query;
}

function detailOf(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return "The hub gave an answer this page cannot read.";
  }
}

async function refresh() {
  if (!form.checkValidity()) {
    form.reportValidity();
    return;
  }
  const query = chosenQuery();
  if (waiting) waiting.abort();
  waiting = new AbortController();
  const list = document.querySelector("[data-part=list]");
  list.classList.add("busy");
  try {
    const answer = await fetch(`/?${query}`, {
      headers: { "X-Partial": "1", Accept: "application/problem+json" },
      signal: waiting.signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(detailOf(text));
    window.history.pushState(null, "", `/?${query}`);
    showTrouble("");
    mapQuery = swapParts(text);
    tellMap({ qs: mapQuery });
  } catch (error) {
    if (error.name === "AbortError") return;
    showTrouble(error.message || "The hub did not answer. Is it still running?");
  }
  list.classList.remove("busy");
}

if (form) {
  form.addEventListener("change", (event) => {
    const picker = event.target.closest("[data-picker]");
    if (picker) nameChosen(picker);
    const plain = event.target.closest("[data-picker-plain]");
    if (plain) nameHours(plain);
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.clearTimeout(timer);
    for (const open of form.querySelectorAll(".picker[open]")) open.open = false;
    refresh();
  });
  // One list open at a time; Escape and a click elsewhere close it.
  const pickers = [...form.querySelectorAll(".picker")];
  for (const picker of pickers) {
    picker.addEventListener("toggle", () => {
      if (picker.open) pickers.forEach((other) => { if (other !== picker) other.open = false; });
    });
    picker.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      picker.open = false;
      picker.querySelector("summary").focus();
    });
  }
  document.addEventListener("click", (event) => {
    if (narrow.matches) return;
    for (const picker of pickers) if (!picker.contains(event.target)) picker.open = false;
  });
  if (narrow.matches) document.getElementById("fold").open = false;
  window.addEventListener("popstate", () => window.location.reload());
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-rank]");
  if (!link || !frame) return;
  event.preventDefault();
  tellMap({ focus: Number(link.dataset.rank) });
  for (const row of document.querySelectorAll(".hotspot.picked")) row.classList.remove("picked");
  link.closest(".hotspot").classList.add("picked");
  frame.scrollIntoView({ block: "nearest" });
});

// A saved hotspot may have another rank today: it is found again by its name.
function focusNamed(name) {
  const drawn = frame.contentWindow.aim;
  const pins = drawn ? [...drawn.pins()] : [];
  const found = pins.find(([, pin]) => pin.known.name === name);
  if (found) tellMap({ focus: found[0] });
}

// A map that was still loading when the filters changed is told again.
window.addEventListener("message", (event) => {
  if (event.origin !== window.location.origin || !event.data) return;
  if (event.data.aim !== "map-updated") return;
  document.body.dataset.map = String(Date.now());
  if (frame.dataset.focus) focusNamed(frame.dataset.focus);
});
if (frame) {
  frame.addEventListener("load", () => {
    if (mapQuery !== new URL(frame.src).search.slice(1)) tellMap({ qs: mapQuery });
  });
}
