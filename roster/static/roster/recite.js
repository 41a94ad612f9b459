/* Asks at the field, as soon as its value is another, what becomes of each of its citations.
   The server writes the questions and asks them by itself where this script does not run. */

const containers = () => [...document.querySelectorAll(".recite")];

function placeOf(control) {
  for (const container of containers()) {
    const prefix = container.dataset.prefix ? `${container.dataset.prefix}-` : "";
    const column = control.name.slice(prefix.length);
    const columns = container.dataset.columns.split(" ");
    if (control.name.startsWith(prefix) && columns.includes(column)) {
      return {container, column};
    }
  }
  return null;
}

function isChanged(control) {
  if (control instanceof HTMLSelectElement) {
    return [...control.options].some((option) => option.selected !== option.defaultSelected);
  }
  return control.value !== control.defaultValue;
}

function asked(row, column) {
  const after = row?.nextElementSibling;
  return after?.matches(`.recite-field[data-column="${column}"]`) ? after : null;
}

async function ask(control) {
  const place = placeOf(control);
  const row = control.closest(".form-row");
  if (!place || !row) {
    return;
  }
  const {container, column} = place;
  const questions = asked(row, column);
  if (questions) {
    questions.hidden = !isChanged(control) && !questions.dataset.sent;
    return;
  }
  if (!isChanged(control) || row.dataset.asking) {
    return;
  }
  row.dataset.asking = "yes";
  try {
    const query = new URLSearchParams({column});
    const response = await fetch(`${container.dataset.url}?${query}`);
    if (response.ok && !response.redirected) {
      show(container, row, await response.text());
    }
  } catch {
    // No answer: the form asks when it is sent.
  } finally {
    delete row.dataset.asking;
  }
}

function show(container, row, html) {
  const piece = new DOMParser().parseFromString(html, "text/html");
  const questions = piece.querySelector(".recite-field");
  if (!questions) {
    return;
  }
  row.after(document.adoptNode(questions));
  window.django.jQuery(questions).find(".admin-autocomplete").djangoAdminSelect2();
  container.querySelector("[role=status]").textContent = questions.querySelector("legend").textContent;
}

// Questions of a form that came back stand below all fields of their record: to their fields.
for (const container of containers()) {
  const form = container.closest("details, form");
  for (const questions of [...container.querySelectorAll(".recite-field")]) {
    const row = [...form.querySelectorAll(`.form-row.field-${questions.dataset.column}`)].find(
      (found) => [...found.querySelectorAll("[name]")].some((one) => placeOf(one)?.container === container),
    );
    questions.dataset.sent = "yes";
    row?.after(questions);
  }
}

// jQuery, because the boxes of the admin's autocompletes tell of a choice through it alone.
window.django.jQuery(document).on("change", ({target}) => {
  if (target.name) {
    ask(target);
  }
});
