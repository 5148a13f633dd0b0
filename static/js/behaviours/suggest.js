// A field takes what another one suggests for it, as long as nothing else has been typed.
export default function suggest(field) {
  const suggestion = () => field.form.elements[field.dataset.suggestedBy].value;
  let last = suggestion();
  document.addEventListener("htmx:after:swap", () => {
    const isOurs = ["", last].includes(field.value) && field !== document.activeElement;
    if (isOurs) field.value = suggestion();
    last = suggestion();
  });
}
