// What the admin's scripts draw themselves has no name for a screen reader: give it one.

// Select2 draws a box beside a select: it is called what the select's label says.
function nameBox(select) {
  const box = select.nextElementSibling?.querySelector(".select2-selection");
  const label = select.labels[0]?.textContent.trim().replace(/:$/, "");
  if (!box || !label || box.hasAttribute("aria-label")) return;
  for (const part of [box, ...box.querySelectorAll("[role=textbox]")]) {
    part.setAttribute("aria-label", label);
  }
}

function nameAll() {
  document.querySelectorAll("select.select2-hidden-accessible").forEach(nameBox);
  // The icon before a filter of permissions is a picture with a text.
  for (const icon of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) {
    icon.setAttribute("role", "img");
  }
}

new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
nameAll();
