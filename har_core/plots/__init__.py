"""Pure figure builders: data in, a figure of ECharts or Plotly out, or one of our own."""
