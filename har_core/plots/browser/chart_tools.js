// The tools below a chart that Streamlit draws: they save the chart that stands in the same container, and tell of
// another theme, where Python has to draw the chart in other colours.

export default function chartTools({ data, parentElement, setTriggerValue }) {
  const tools = mountOnce(parentElement, ".tools", (root) => ({ root, data: null, told: null }), () => {});
  tools.data = data;
  tools.root.ontransitionrun = () => tellTheme(tools, setTriggerValue); // tools.css
  tellTheme(tools, setTriggerValue);
  const chart = () => document.querySelector(`.st-key-${data.container} :is(.js-plotly-plot, [data-testid="stEChartsChart"])`);
  connectTools(tools.root, chart, () => tools.data.caption);
  tools.root.querySelector("[data-full-screen]").hidden = true; // Streamlit has its own
  return tools.end;
}

function tellTheme(tools, setTriggerValue) {
  const theme = getComputedStyle(tools.root).colorScheme, { theme: drawn } = tools.data;
  if (drawn === null || theme === drawn || theme === tools.told) return;
  if (!tools.root.isConnected) return; // drawn a moment too late, it has no style: the page went on
  tools.told = theme;
  setTriggerValue("theme", theme);
}
