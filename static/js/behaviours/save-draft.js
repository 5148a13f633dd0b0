// A half-written call is saved as it is typed; while the connection is lost it is kept here.
const PAUSE = 300;
const AGAIN = 5000;
let save = () => Promise.resolve();

// Resolves once what stands in the form is saved, and what follows from it is shown.
export function saved() {
  return save();
}

export default function saveDraft(form) {
  const address = form.dataset.draft;
  const typed = () => new URLSearchParams(new FormData(form));
  const put = (body) => fetch(address, { method: "PUT", body });
  let saving = Promise.resolve();
  let dirty = false;
  let timer;

  const tell = (isLost) => {
    form.querySelector("[data-saved]").hidden = isLost;
    form.querySelector("[data-lost]").hidden = !isLost;
  };
  async function send() {
    dirty = false;
    try {
      const answer = await put(typed());
      // Signed out meanwhile, or filed in another tab: the page itself says what is next.
      if (answer.redirected || answer.status === 400) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      if (!dirty) localStorage.removeItem(address);
      const text = await answer.text();
      await htmx.swap({ text, sourceElement: form, target: form, swap: "none" });
      tell(false);
    } catch {
      dirty = true;
      tell(true);
      timer = setTimeout(save, AGAIN);
    }
  }
  save = () => {
    clearTimeout(timer);
    if (dirty) saving = saving.then(send);
    return saving;
  };
  async function restore(kept) {
    const body = new URLSearchParams(kept);
    body.set("csrf_token", form.elements.csrf_token.value);
    if (!(await put(body)).ok) return;
    localStorage.removeItem(address);
    location.reload();
  }

  form.addEventListener("input", (event) => {
    dirty = true;
    localStorage.setItem(address, typed());
    clearTimeout(timer);
    timer = setTimeout(save, event.target.matches("[type=radio], [type=checkbox]") ? 0 : PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (navigator.onLine) localStorage.removeItem(address);
  });
  window.addEventListener("online", () => save());
  form.querySelector("[data-without-script]").hidden = true;
  const kept = localStorage.getItem(address);
  if (kept && form.dataset.refused === undefined) restore(kept);
}
