// --- The plot of positions over time ----------------------------------------------------------------------

const AXES = [
  { letter: "x", says: "to the right" }, { letter: "y", says: "up" }, { letter: "z", says: "away from the camera" },
];
const DASHES = { left: [], right: [9, 4], trunk: [2, 4] }; // colour is not the only sign of a side
const UNITS = {
  m: "metres", px: "pixels", units: "the units of the files", scaled: "the scaled units that a model is given",
};

function makePlot(player, clip) {
  clip.plot = makeChart(player, clip.title);
  return clip.plot.figure;
}

// The lines stay as they are while the player plays: only the cursors move.
function drawPlots(player) {
  const { clips, root, panel } = player;
  panel.querySelector(".nothing").hidden = chosenIn(player, clips).length > 0;
  player.plots.hidden = !chosenIn(player, clips).length;
  if (panel.hidden || player.plots.hidden) return;
  for (const { plot } of clips) measureChart(plot);
  root.plottedLines = clips.map((clip) => drawPlot(player, clip));
}

function chosenIn({ chosen }, clips) {
  return [...new Set(clips.flatMap((clip) => clip.joints))].filter((name) => chosen.has(name));
}

function drawPlot(player, clip) {
  const { plot } = clip, { palette, rate, axis } = player;
  const context = prepareCanvas(plot.canvas, plot.width, plot.height);
  const names = clip.joints.filter((name) => player.chosen.has(name));
  setFont(context, palette, 14);
  plot.scale = chartScale(player, plot, plotTicks(player, clip), widestLabel(context, names.map(sayName)));
  describePlot(player, clip, names);
  drawLost(context, palette, clip, plot.scale, rate);
  drawAxes(context, palette, plot.scale, `${AXES[axis].letter}, ${AXES[axis].says} (${clip.unit})`);
  const lines = names.map((name) => plottedLine(player, clip, name));
  for (const line of lines) drawLine(context, line);
  labelLines(context, palette, lines, plot.scale);
  return Object.fromEntries(lines.map(({ name, places }) => [name, places]));
}

function plottedLine(player, clip, name) {
  const side = clip.jointSides[clip.joints.indexOf(name)];
  const { scale } = clip.plot;
  const places = valuesOf(player, clip, name)
    .map((value, frame) => (value === null ? null : [scale.x(frame / player.rate), scale.y(value)]));
  return { name, label: sayName(name), places, colour: player.palette[side], dash: DASHES[side], width: 2.5 };
}

// Clips of one unit share their axes, so that they can be compared.
function plotTicks(player, clip) {
  const alike = player.clips.filter((other) => other.unit === clip.unit);
  const values = alike.flatMap((other) => chosenIn(player, [other]).flatMap((name) => valuesOf(player, other, name)));
  const known = values.filter((value) => value !== null);
  return niceTicks(Math.min(...known), Math.max(...known), clip.plot.height / (45 * player.palette.scale));
}

// A joint's coordinate in each frame; null where it was not tracked.
function valuesOf({ axis }, clip, name) {
  const joint = clip.joints.indexOf(name);
  return clip.shown.map((shown, frame) => {
    const value = clip.values[(frame * clip.joints.length + joint) * 3 + axis];
    return shown === frame && Number.isFinite(value) ? value : null;
  });
}

function describePlot({ axis, length, rate }, clip, names) {
  const which = names.length ? names.map(sayName).join(", ") : "no joint";
  const unit = UNITS[clip.unit] ?? clip.unit;
  const { letter, says } = AXES[axis];
  const span = ((Math.min(length, clip.length) - 1) / rate).toFixed(2);
  clip.plot.canvas.setAttribute(
    "aria-label", `Plot of ${letter}, ${says}, in ${unit}, over ${span} seconds: ${which}. ${clip.title}`);
}
