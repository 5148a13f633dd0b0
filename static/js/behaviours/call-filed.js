// What was filed needs no copy here any more; undoing is offered as long as it can be done.
export default function callFiled(page) {
  localStorage.removeItem(page.dataset.draft);
  const form = page.querySelector("[data-undo]");
  if (!form) return;
  const until = performance.now() + 1000 * Number(form.dataset.undo);
  const left = form.querySelector("[data-left]");
  const timer = setInterval(() => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    left.textContent = `\u00a0(${seconds})`;
    if (seconds > 0) return;
    clearInterval(timer);
    if (form.contains(document.activeElement)) page.querySelector(".btn-primary").focus();
    form.remove();
    page.querySelector("[data-undo-hint]").remove();
  }, 250);
}
