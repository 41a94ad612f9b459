// Keys for every page. Each does what a link or field on the page does as well, and none writes.
// They can be switched off, and do nothing while an input has the focus.

const SWITCH = "roster-keys";
const TO_FINISH_MS = 1500; // from g to the letter of a place
const ROWS = "#result_list > tbody > tr, ul.found > li, .queues tbody > tr";
const TYPED_IN = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";

const dialog = document.querySelector("dialog.keys-dialog");
const switches = [...document.querySelectorAll(".keys-switch")];
let going = 0; // when g was pressed, if a place is still to follow

function areInUse() {
  return localStorage.getItem(SWITCH) !== "off";
}

function isVisible(element) {
  return element.checkVisibility();
}

function focus(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}

function move(step) {
  const links = [...document.querySelectorAll(ROWS)]
    .map((row) => row.querySelector("th a[href], :scope > a[href], td a[href]"))
    .filter(Boolean);
  const row = document.activeElement.closest(ROWS);
  const at = links.findIndex((link) => row?.contains(link));
  if (at < 0) return focus(step > 0 ? links[0] : links.at(-1));
  return focus(links[Math.min(Math.max(at + step, 0), links.length - 1)]);
}

function showKeys() {
  dialog?.showModal(); // the browser gives the focus back when it closes
  return Boolean(dialog);
}

function firstField() {
  const fields = document.querySelectorAll("#content-main form:not([role=search]) fieldset :is(input, select, textarea)");
  return [...fields].find((field) => field.matches(TYPED_IN) && !field.readOnly && isVisible(field));
}

const ACTS = {
  "/": () => focus(document.querySelector("form.find input[type=search]")),
  "?": showKeys,
  j: () => move(1),
  k: () => move(-1),
  e: () => focus(firstField()),
  s: () => focus(document.getElementById("id_change_reason")),
  g: () => {
    going = Date.now();
    return true;
  },
};

function go(key) {
  document.querySelector(`a[data-place="${CSS.escape(key)}"]`)?.click();
}

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
  if (!areInUse() || dialog?.open || document.activeElement?.closest(TYPED_IN)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const goes = Date.now() - going < TO_FINISH_MS;
  going = 0;
  if (goes && key.length === 1) {
    go(key);
  } else if (document.querySelector(`[data-key="${CSS.escape(key)}"]`)) {
    return; // the page has a use of its own for this key
  } else if (!Object.hasOwn(ACTS, key) || !ACTS[key]()) {
    return;
  }
  event.preventDefault();
  event.stopPropagation(); // no other key of the page may hear the letter of a place
}

// A switch is of use with this script alone: its words are on the page, its box is made here.
for (const one of switches) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = areInUse();
  box.addEventListener("change", () => {
    localStorage.setItem(SWITCH, box.checked ? "on" : "off");
  });
  const label = document.createElement("label");
  label.append(box, ` ${one.textContent}`);
  one.replaceChildren(label);
  one.hidden = false;
}
dialog?.querySelector("button").addEventListener("click", () => dialog.close());
document.addEventListener("keydown", press, { capture: true });
