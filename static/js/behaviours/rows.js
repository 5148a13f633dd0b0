// In a list of rows, j and k go down and up while a row has the focus; Enter opens it, being a link.
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export default function rows(list) {
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...list.querySelectorAll(".row-link")];
    const here = links.indexOf(event.target);
    if (here < 0) return;
    event.preventDefault();
    links[here + step]?.focus();
  });
}
