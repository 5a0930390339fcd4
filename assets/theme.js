// Light, dark or as the system says. Only this choice is kept in the browser, nothing else.
(() => {
  const KEY = "sandglass-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const choice = () => {
    try { return localStorage.getItem(KEY) || "system"; } catch { return "system"; }
  };
  const apply = () => {
    const chosen = choice();
    const dark = chosen === "dark" || (chosen === "system" && system.matches);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    if (document.body && document.body.classList.contains("dark") !== dark) {
      document.body.classList.toggle("dark", dark);
    }
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-checked", String(button.dataset.themeChoice === chosen));
    }
  };
  window.sandglassTheme = apply; // the switch calls it when it is there
  system.addEventListener("change", () => setTimeout(apply));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try { localStorage.setItem(KEY, button.dataset.themeChoice); } catch { /* private mode: for this page only */ }
    apply();
  });
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    // Gradio sets the class itself while it starts.
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });
})();
