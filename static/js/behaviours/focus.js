// What must be read first takes the focus: the summary of what is wrong, the name of a new page.
export default function focus(element) {
  element.focus();
}
