// A menu opens when pointed at, pressed, or by the arrow keys; it closes when left, with Escape,
// giving the focus back, and when something else is pressed.
const PATIENCE = 300;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export default function menu(details) {
  const summary = details.querySelector("summary");
  let isHovered = false;
  let timer;

  details.addEventListener("pointerenter", (event) => {
    clearTimeout(timer);
    if (event.pointerType !== "mouse" || details.open) return;
    details.open = isHovered = true;
  });
  details.addEventListener("pointerleave", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isHovered && !details.contains(document.activeElement)) details.open = false;
    }, PATIENCE);
  });
  summary.addEventListener("click", (event) => {
    // What pointing has opened stays open when it is pressed as well.
    if (isHovered) event.preventDefault();
    isHovered = false;
  });
  details.addEventListener("toggle", () => { isHovered &&= details.open; });
  document.addEventListener("pointerdown", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    if (details.contains(document.activeElement)) summary.focus();
    details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    details.open = true;
    const items = [...details.querySelectorAll("a, button")];
    (items[items.indexOf(document.activeElement) + step] ?? summary).focus();
  });
  details.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false;
  });
}
