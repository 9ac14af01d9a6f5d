"""Pure figure builders: data in, a Plotly or Vega-Lite figure out."""
