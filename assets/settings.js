// In the settings, so that it runs when they are there: the theme switch, a name for the button
// that opens them (Gradio's own says nothing), and a tap beside them closes them.
window.sandglassTheme();
const toggle = document.querySelector("#settings .toggle-button");
toggle.setAttribute("aria-label", "Settings");
document.addEventListener("pointerdown", (event) => {
  if (toggle.closest(".open") && event.target.closest("#transcript")) toggle.click();
});
