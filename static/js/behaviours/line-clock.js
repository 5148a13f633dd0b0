// The call's clock: runs from when the call began on the server, so that a reload keeps it.
export default function lineClock(clock) {
  const began = performance.now() - 1000 * Number(clock.dataset.seconds);
  const field = document.getElementById(clock.dataset.showsIn);
  function show() {
    const seconds = Math.floor((performance.now() - began) / 1000);
    const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.textContent = shown;
    if (field) field.placeholder = shown;
  }
  clock.hidden = false;
  show();
  setInterval(show, 1000);
}
