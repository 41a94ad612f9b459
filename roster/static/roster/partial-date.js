/* Says beside the input of a partial date what Roster understands by it, as one types.
   The server reads the date, so that input and form cannot disagree. */

const PAUSE_MS = 250;
const waiting = new WeakMap();

document.addEventListener("input", ({target}) => {
  const box = target.closest(".partial-date");
  if (!box) {
    return;
  }
  waiting.get(box)?.abort();
  const controller = new AbortController();
  waiting.set(box, controller);
  setTimeout(() => explain(box, target.value, controller.signal), PAUSE_MS);
});

async function explain(box, text, signal) {
  if (signal.aborted) {
    return;
  }
  const query = new URLSearchParams({text, open_end: box.dataset.openEnd});
  try {
    const response = await fetch(`${box.dataset.meaningUrl}?${query}`, {signal});
    show(box, await response.json());
  } catch {
    if (!signal.aborted) {
      show(box, {is_date: true, meaning: ""}); // no answer: say nothing rather than something old
    }
  }
}

function show(box, {is_date: isDate, meaning}) {
  const answer = box.querySelector(".understood");
  answer.textContent = meaning;
  answer.classList.toggle("not-understood", !isDate);
}
