// The tools below a chart that Streamlit draws: they save the chart that stands in the same container.

export default function chartTools({ data, parentElement }) {
  const tools = mountOnce(parentElement, ".tools", (root) => ({ root, data: null }), () => {});
  tools.data = data;
  const chart = () => document.querySelector(`.st-key-${data.container} :is(.js-plotly-plot, [data-testid="stEChartsChart"])`);
  connectTools(tools.root, chart, () => tools.data.caption);
  tools.root.querySelector("[data-full-screen]").hidden = true; // Streamlit has its own
  return tools.end;
}
