// Gives each element with `data-behaviour` its behaviour, on load and after each live change.
const bound = new WeakMap();

async function bind(element) {
  for (const name of element.dataset.behaviour.split(" ")) {
    const names = bound.get(element) ?? bound.set(element, new Set()).get(element);
    if (names.has(name)) continue;
    names.add(name);
    const { default: behave } = await import(`./behaviours/${name}.js`);
    behave(element);
  }
}

function bindAll() {
  document.querySelectorAll("[data-behaviour]").forEach(bind);
}

function unanswered(isSo) {
  document.getElementById("unanswered").hidden = !isSo;
}

bindAll();
document.addEventListener("htmx:after:swap", () => { bindAll(); unanswered(false); });
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status !== 400) unanswered(true);
});
document.addEventListener("htmx:error", () => unanswered(true));
