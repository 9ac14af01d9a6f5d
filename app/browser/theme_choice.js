// Shows which theme is chosen, and hands a choice on to theme.js. Streamlit calls this again when the theme changes.
export default function themeChoice({ parentElement }) {
  const page = document.documentElement, choice = parentElement.querySelector(".themes");
  for (const input of choice.querySelectorAll("input")) input.checked = input.value === page.dataset.theme;
  choice.onchange = ({ target }) => page.dispatchEvent(new CustomEvent("choose-theme", { detail: target.value }));
}
