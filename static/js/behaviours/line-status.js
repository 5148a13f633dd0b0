// The phone line's banner asks again when it is due to change, every few minutes, and on return.
const LONGEST = 240;

export default function lineStatus(box) {
  let timer;
  function wait() {
    const seconds = Number(box.firstElementChild?.dataset.changesIn) || LONGEST;
    clearTimeout(timer);
    timer = setTimeout(ask, 1000 * Math.min(seconds, LONGEST) + 500);
  }
  function show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const { changesIn } = fresh.content.firstElementChild.dataset;
    // The same words are left as they are: they would be read out again.
    const same = fresh.content.textContent.trim() === box.textContent.trim();
    if (same) box.firstElementChild.dataset.changesIn = changesIn;
    else box.replaceChildren(fresh.content);
  }
  async function ask() {
    clearTimeout(timer);
    try {
      const answer = await fetch(box.dataset.address);
      if (answer.ok && !answer.redirected) show(await answer.text());
    } catch {
      // No connection: asked again later.
    }
    wait();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  wait();
}
