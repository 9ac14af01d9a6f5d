"""Pure figure builders: data in, a Plotly or Altair figure out."""
