// Brings the progress of an import up to date every second; when it has ended, the page comes anew.

const EVERY = 1000;
const shown = document.getElementById("run-progress");
const bar = document.getElementById("run-bar");

function follow(fresh) {
  for (const part of shown.querySelectorAll("[data-part]")) {
    const said = fresh.querySelector(`[data-part="${part.dataset.part}"]`).textContent;
    if (part.textContent !== said) part.textContent = said; // what is read aloud is read once
  }
  const value = fresh.querySelector("progress").getAttribute("value");
  if (value === null) bar.removeAttribute("value");
  else bar.setAttribute("value", value);
}

async function refresh() {
  try {
    const answer = await fetch(shown.dataset.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("run-progress");
    if (!fresh || fresh.dataset.ended) {
      if (answer.ok) return location.reload();
    } else {
      follow(fresh);
    }
  } catch {
    // The server is not to be reached for now: it is asked again.
  }
  setTimeout(refresh, EVERY);
}

if (shown) setTimeout(refresh, EVERY);
