// What is typed stays on this computer until it is saved: the connection or the session may be lost.
export default function keepDraft(form) {
  const address = form.dataset.draft;
  const forget = () => localStorage.removeItem(address);

  async function restore(body) {
    body.set("csrf_token", form.elements.csrf_token.value);
    const answer = await fetch(address, { method: "PUT", body });
    if (!answer.ok) return;
    forget();
    location.reload();
  }
  form.addEventListener("input", () => {
    localStorage.setItem(address, new URLSearchParams(new FormData(form)));
  });
  form.addEventListener("saved", forget);
  form.addEventListener("submit", () => {
    if (navigator.onLine) forget();
  });
  const kept = localStorage.getItem(address);
  if (kept && form.dataset.refused === undefined) restore(new URLSearchParams(kept));
}
