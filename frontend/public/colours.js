/* Turns on the colours chosen before, ahead of the first drawing; a file of its own, because the content policy allows no script inside the page. */
try {
  const chosen = localStorage.getItem("storybraid.colours");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.colours = chosen;
} catch {
  // Storage may be closed; the device's own colours then hold.
}
