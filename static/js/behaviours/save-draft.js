// A half-written call is saved as it is typed, and what follows from it is shown.
const PAUSE = 300;
const AGAIN = 5000;
let save = () => Promise.resolve();

// Resolves once what stands in the form is saved, and what follows from it is shown.
export function saved() {
  return save();
}

export default function saveDraft(form) {
  let saving = Promise.resolve();
  let dirty = false;
  let timer;

  function tell(isLost) {
    form.querySelector("[data-saved]").hidden = isLost;
    form.querySelector("[data-lost]").hidden = !isLost;
  }
  function put(options) {
    const body = new URLSearchParams(new FormData(form));
    return fetch(form.dataset.draft, { method: "PUT", body, ...options });
  }
  async function send() {
    dirty = false;
    try {
      const answer = await put();
      // Signed out meanwhile, or filed in another tab: the page itself says what is next.
      if (answer.redirected || answer.status === 400) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      await htmx.swap({ text, sourceElement: form, target: form, swap: "none" });
      if (!dirty) form.dispatchEvent(new Event("saved"));
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
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("change", () => save());
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
  });
  window.addEventListener("pagehide", () => { if (dirty) put({ keepalive: true }); });
  window.addEventListener("online", () => save());
  form.querySelector("[data-without-script]").hidden = true;
}
