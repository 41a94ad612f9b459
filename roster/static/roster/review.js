// Keys for the review queue: each does what the link or button that names it does.
// They can be switched off, and do nothing while an input has the focus.

const SWITCH = "roster-review-keys";
const legend = document.querySelector(".keys");
const inUse = legend?.querySelector("input");

function isTyping() {
  return document.activeElement?.closest("input, select, textarea, [contenteditable]") != null;
}

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (!inUse.checked || isTyping()) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!named) return;
  event.preventDefault();
  const comment = named.value === "queried" && named.form.elements.comment;
  if (comment && !comment.value.trim()) {
    comment.focus(); // a query says what it asks
  } else {
    named.click();
  }
}

if (legend) {
  inUse.checked = localStorage.getItem(SWITCH) !== "off";
  inUse.addEventListener("change", () => {
    localStorage.setItem(SWITCH, inUse.checked ? "on" : "off");
    inUse.blur();
  });
  legend.hidden = false;
  document.addEventListener("keydown", press);
}
