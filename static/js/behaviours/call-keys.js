// Enter goes on, Esc goes back, Ctrl+Enter files; going on waits for what follows to be shown.
import { saved } from "./save-draft.js";

const PATIENCE = 1500;

export default function callKeys(form) {
  const file = form.querySelector("button.btn-primary");

  // Where the keys stop: each field once, a group of radios at its chosen one or its first.
  function stops() {
    const groups = new Set();
    return [...form.elements].filter((field) => {
      const isField = field === file || field.matches("input, select, textarea");
      if (!isField || "aside" in field.dataset || !field.checkVisibility()) return false;
      if (field.type !== "radio") return true;
      const group = [...form.elements].filter((other) => other.name === field.name);
      const stop = group.find((radio) => radio.checked) ?? group[0];
      return field === stop && !groups.has(field.name) && groups.add(field.name);
    });
  }
  function move(field, step) {
    const all = stops();
    const isHere = (stop) => stop === field || (field.type === "radio" && stop.name === field.name);
    let next = all.findIndex(isHere) + step;
    // Searching is passed over once the business is known.
    while (step > 0 && form.elements[all[next]?.dataset.skip]?.value) next += step;
    all[next]?.focus();
  }
  form.addEventListener("keydown", async (event) => {
    const field = event.target;
    if (event.isComposing || event.shiftKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit(file);
    } else if (event.key === "Escape") {
      event.preventDefault();
      move(field, -1);
    } else if (event.key === "Enter" && field.matches("input, select, textarea")) {
      event.preventDefault();
      if (field.type === "radio" && !field.checked) field.click();
      await Promise.race([saved(), new Promise((done) => { setTimeout(done, PATIENCE); })]);
      if (document.activeElement === field) move(field, 1);
    }
  });
}
