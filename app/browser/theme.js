// The visitor's theme: light, dark, or the system's. Streamlit's own choice is in its menu, which is hidden, and it
// keeps that apart for each page that was opened first. Where nothing was chosen there, it asks the browser for the
// system's theme and listens to its changes; so the visitor's choice answers in the system's place, at once and
// without a page that is loaded anew. A test in tests/browser/test_theme.py tells when Streamlit asks in another way.
(() => {
  const KEY = "theme of HAR Lab", QUESTION = "(prefers-color-scheme: dark)", CHOICES = ["light", "dark", "system"];
  const root = document.documentElement, ask = matchMedia.bind(window);
  const system = ask(QUESTION), answer = ask(QUESTION);
  Object.defineProperty(answer, "matches", {
    get: () => (root.dataset.theme === "system" ? system.matches : root.dataset.theme === "dark"),
  });
  window.matchMedia = (question) => (question === QUESTION ? answer : ask(question));

  const take = (choice) => {
    root.dataset.theme = CHOICES.includes(choice) ? choice : "system";
    answer.dispatchEvent(new Event("change"));
  };
  root.addEventListener("choose-theme", ({ detail: choice }) => {
    take(choice);
    try { localStorage.setItem(KEY, choice); } catch {} // a browser that keeps nothing forgets it with the page
  });
  addEventListener("storage", ({ key, newValue }) => { if (key === KEY) take(newValue); }); // chosen in another tab
  let kept = null;
  try { kept = localStorage.getItem(KEY); } catch {}
  take(kept);
})();
