/* Citing in the reader. Words that are selected in a paragraph open the form below it; without
   this script the link beside a paragraph does, and the words are typed. */

const PAUSE_MS = 200;
const KEPT = ["record", "field", "stance", "credibility", "note", "change_reason"];

const text = document.querySelector(".reader ol.text");
let selected = null; // the range last selected, within one paragraph
let kept = {}; // what was typed into a form that was closed
let opening = 0;

/* Opening and closing */

async function open(paragraph, quote, focusOn) {
  const link = paragraph.querySelector("a.cite");
  if (!link) return;
  let form = document.getElementById("cite");
  if (!form || !paragraph.contains(form)) {
    const turn = (opening += 1);
    form = await fetchForm(link.href);
    if (turn !== opening) return;
    if (!form) {
      location.assign(link.href); // signed out, say: the page itself tells
      return;
    }
    close();
    paragraph.append(form);
    fill(form, kept);
    enhance(form);
  }
  if (quote) form.elements.quote.value = quote;
  paint(quote ? selected : null);
  form.elements[focusOn].focus();
  form.scrollIntoView({block: "nearest"});
}

async function fetchForm(address) {
  const alone = new URL(address);
  alone.searchParams.set("alone", "1");
  try {
    const response = await fetch(alone);
    const holder = document.createElement("template");
    holder.innerHTML = response.ok ? await response.text() : "";
    return holder.content.querySelector("#cite");
  } catch {
    return null;
  }
}

function close() {
  const form = document.getElementById("cite");
  if (!form) return;
  kept = Object.fromEntries(KEPT.map((name) => [name, form.elements[name].value]));
  const link = form.closest(".paragraph").querySelector("a.cite");
  form.remove();
  paint(null);
  link?.focus();
}

function leave(form) {
  const address = form.querySelector("a.cancel").href;
  close();
  if (new URL(location).searchParams.has("cite")) history.replaceState(null, "", address);
  if (selected) {
    getSelection().removeAllRanges();
    getSelection().addRange(selected);
  }
}

function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value) form.elements[name].value = value;
  }
}

/* The words that were selected stay marked while the form is filled in. */
function paint(range) {
  if (!window.CSS?.highlights) return;
  CSS.highlights.delete("chosen");
  if (range) CSS.highlights.set("chosen", new Highlight(range));
}

/* Selecting */

function wordsAt(node) {
  return (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".words");
}

/* What is selected of the paragraph in which the selection begins, or else ends. */
function selectionInOneParagraph() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const first = wordsAt(range.startContainer);
  const words = first ?? wordsAt(range.endContainer);
  if (!words) return null;
  if (!first) range.setStart(words, 0);
  if (wordsAt(range.endContainer) !== words) range.setEnd(words, words.childNodes.length);
  return range.toString().trim() ? range : null;
}

document.addEventListener("selectionchange", () => {
  selected = selectionInOneParagraph() ?? (document.getElementById("cite") ? selected : null);
});

document.addEventListener("pointerup", ({target}) => {
  if (!target.closest?.(".words")) return;
  setTimeout(() => {
    const range = selectionInOneParagraph();
    if (!range) return;
    selected = range;
    open(wordsAt(range.startContainer).closest(".paragraph"), range.toString().trim(), "record");
  });
});

document.addEventListener("mousedown", (event) => {
  // A press would take the selection away before the link is followed.
  if (event.target.closest?.("a.cite")) event.preventDefault();
});

text?.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const paragraph = link.closest(".paragraph");
  const here = selected && paragraph.contains(selected.startContainer);
  open(paragraph, here ? selected.toString().trim() : "", here ? "record" : "quote");
});

document.addEventListener("keydown", (event) => {
  const form = document.getElementById("cite");
  if (event.key === "Escape" && form && !event.defaultPrevented) {
    event.preventDefault();
    leave(form);
  }
});

/* The form */

function enhance(form) {
  const {record, field, quote, seen, seen_of: seenOf} = form.elements;
  const suggestions = form.querySelector("datalist");
  const shownValue = form.querySelector(".value-now");
  const everyField = [...field.options].map((option) => option.cloneNode(true));
  let chosen = null;
  let waiting = null;

  async function ask() {
    waiting?.abort();
    const {signal} = (waiting = new AbortController());
    const query = new URLSearchParams({q: record.value});
    try {
      const response = await fetch(`${form.dataset.recordsUrl}?${query}`, {signal});
      const answer = await response.json();
      suggestions.replaceChildren(...answer.suggested.map(({label, text: name}) => {
        const option = new Option(name, label);
        if (name) option.label = name;
        return option;
      }));
      narrow(answer.chosen);
    } catch {
      if (!signal.aborted) narrow(null); // no answer: the server asks again when it is sent
    }
  }

  function narrow(answer) {
    chosen = answer;
    const before = field.value;
    const options = chosen
      ? [everyField[0], ...chosen.fields.map(({heading, column}) => new Option(heading, column))]
      : everyField;
    field.replaceChildren(...options);
    field.value = options.some((option) => option.value === before) ? before : "";
    showValue();
  }

  function showValue() {
    const of = chosen?.fields.find(({column}) => column === field.value);
    seen.value = of ? of.cell : "";
    seenOf.value = of ? `${chosen.label}/${of.column}` : "";
    shownValue.textContent = of ? `It says: ${of.value}` : "";
  }

  function take(words) {
    quote.value = words;
    quote.focus();
  }

  let pause = 0;
  record.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("change", showValue);
  form.querySelector("a.cancel").addEventListener("click", (event) => {
    event.preventDefault();
    leave(form);
  });
  for (const button of form.querySelectorAll(".take")) {
    button.hidden = false;
    button.addEventListener("click", () => take(button.dataset.words));
  }
  form.querySelector(".sentences")?.addEventListener("change", ({target}) => {
    quote.value = target.closest("label").querySelector("span").textContent;
  });
  ask();
}

/* Words and what rests on them point at each other */

function point(target, on) {
  const part = target.closest("mark, .entry, .to-entry");
  if (!part) return;
  const keys = part.dataset.keys ?? part.dataset.key ?? part.hash.slice(2);
  for (const key of keys.split(" ")) {
    for (const other of text.querySelectorAll(`mark[data-keys~="${key}"], #c${key}`)) {
      other.classList.toggle("pointed", on);
    }
  }
}

function aim() {
  const key = /^#[cw](\d+)$/.exec(location.hash)?.[1];
  for (const mark of text.querySelectorAll("mark.aimed")) mark.classList.remove("aimed");
  if (!key) return;
  for (const mark of text.querySelectorAll(`mark[data-keys~="${key}"]`)) mark.classList.add("aimed");
}

if (text) {
  for (const [kind, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
    text.addEventListener(kind, ({target}) => point(target, on));
  }
  window.addEventListener("hashchange", aim);
  aim();
  const form = document.getElementById("cite");
  if (form) {
    enhance(form);
    const asked = form.querySelector(".errorlist + input, .errorlist + select, .errorlist + textarea");
    (asked ?? form.elements.quote).focus();
  }
}
