// --- The plot of positions over time ----------------------------------------------------------------------

const AXES = [
  { letter: "x", says: "to the right" }, { letter: "y", says: "up" }, { letter: "z", says: "away from the camera" },
];
const DASHES = { left: [], right: [9, 4], trunk: [2, 4] }; // colour is not the only sign of a side
const UNITS = { m: "metres" };

function makePlot(player, clip) {
  const figure = element("figure", "plot"), caption = element("figcaption");
  const area = element("div", "area"), canvas = element("canvas"), cursor = element("div", "cursor");
  caption.textContent = clip.title;
  canvas.setAttribute("role", "img");
  area.append(canvas, cursor);
  figure.append(caption, area);
  clip.plot = { figure, canvas, cursor, scale: null, at: 0 };
  connectPlot(player, clip.plot, area);
  return figure;
}

// The lines stay as they are while the player plays: only the cursors move.
function drawPlots(player) {
  const { clips, root, panel } = player;
  player.plotsStale = false;
  panel.querySelector(".nothing").hidden = chosenIn(player, clips).length > 0;
  player.plots.hidden = !chosenIn(player, clips).length;
  if (panel.hidden || player.plots.hidden) return;
  for (const { plot } of clips) Object.assign(plot, { width: plot.canvas.clientWidth, height: plot.canvas.clientHeight });
  root.plottedLines = clips.map((clip) => drawPlot(player, clip));
}

function chosenIn({ chosen }, clips) {
  return [...new Set(clips.flatMap((clip) => clip.joints))].filter((name) => chosen.has(name));
}

function drawPlot(player, clip) {
  const { plot } = clip, { palette, rate } = player;
  const context = prepareCanvas(plot.canvas, plot.width, plot.height);
  const names = clip.joints.filter((name) => player.chosen.has(name));
  context.font = `14px ${palette.font}`;
  plot.scale = plotScale(player, clip, context, names);
  describePlot(player, clip, names);
  drawLost(context, palette, clip, plot.scale, rate);
  drawAxes(context, player, clip);
  const lines = names.map((name) => ({ name, side: clip.jointSides[clip.joints.indexOf(name)] }));
  for (const line of lines) {
    line.places = placesOf(player, clip, line.name);
    drawLine(context, palette, line);
  }
  labelLines(context, palette, lines, plot.scale);
  return Object.fromEntries(lines.map(({ name, places }) => [name, places]));
}

// From seconds and units to pixels. Clips of one unit share both axes, so that they can be compared.
function plotScale(player, clip, context, names) {
  const alike = player.clips.filter((other) => other.unit === clip.unit);
  const values = alike.flatMap((other) => chosenIn(player, [other]).flatMap((name) => valuesOf(player, other, name)));
  const known = values.filter((value) => value !== null);
  const ticks = niceTicks(Math.min(...known), Math.max(...known), clip.plot.height / 45);
  const labels = Math.max(0, ...names.map((name) => context.measureText(sayName(name)).width));
  const left = 52, right = clip.plot.width - labels - 22, top = 30, bottom = clip.plot.height - 40;
  const seconds = Math.max(player.length - 1, 1) / player.rate;
  const [low, high] = [ticks[0], ticks.at(-1)];
  return {
    left, right, top, bottom, ticks, seconds,
    x: (time) => left + (time / seconds) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
    time: (x) => ((x - left) / (right - left)) * seconds,
  };
}

// A joint's coordinate in each frame; null where it was not tracked.
function valuesOf({ axis }, clip, name) {
  const joint = clip.joints.indexOf(name);
  return clip.shown.map((shown, frame) => {
    const value = clip.values[(frame * clip.joints.length + joint) * 3 + axis];
    return shown === frame && Number.isFinite(value) ? value : null;
  });
}

function placesOf(player, clip, name) {
  const { scale } = clip.plot;
  return valuesOf(player, clip, name)
    .map((value, frame) => (value === null ? null : [scale.x(frame / player.rate), scale.y(value)]));
}

// Round numbers, about so many, the first at or below the low end and the last at or above the high one.
function niceTicks(low, high, count) {
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const rough = (high - low) / Math.max(count, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function drawAxes(context, player, clip) {
  const { palette, axis } = player, { scale } = clip.plot;
  const { left, right, top, bottom, ticks, seconds } = scale;
  const digits = Math.max(0, -Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9));
  context.strokeStyle = palette.floor;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  for (const tick of ticks) {
    strokeLine(context, { x: left, y: scale.y(tick) }, { x: right, y: scale.y(tick) });
    writeText(context, palette, tick.toFixed(digits).replace("-", "−"), left - 8, scale.y(tick), "right");
    Object.assign(context, { strokeStyle: palette.floor, lineWidth: 1 });
  }
  context.textBaseline = "top";
  for (const tick of niceTicks(0, seconds, (right - left) / 70).filter((time) => time <= seconds)) {
    writeText(context, palette, String(Number(tick.toFixed(2))), scale.x(tick), bottom + 6, "center");
  }
  writeText(context, palette, "time (seconds)", (left + right) / 2, bottom + 22, "center");
  context.textBaseline = "bottom";
  writeText(context, palette, `${AXES[axis].letter}, ${AXES[axis].says} (${clip.unit})`, 4, top - 8, "left");
}

function drawLost(context, palette, clip, scale, rate) {
  context.fillStyle = palette.shadow;
  for (const [first, end] of clip.lostRuns) {
    const from = Math.max(scale.left, scale.x((first - 0.5) / rate));
    context.fillRect(from, scale.top, scale.x((end - 0.5) / rate) - from, scale.bottom - scale.top);
  }
}

function drawLine(context, palette, { places, side }) {
  Object.assign(context, { strokeStyle: palette[side], lineWidth: 2.5, lineJoin: "round", lineCap: "butt" });
  context.setLineDash(DASHES[side]);
  context.beginPath();
  places.forEach((place, frame) => {
    if (!place) return;
    if (places[frame - 1]) context.lineTo(...place);
    else {
      context.moveTo(place[0] - 1, place[1]); // a lone frame between two gaps shows as a dot
      context.lineTo(...place);
    }
  });
  context.stroke();
  context.setLineDash([]);
}

// Each line is named at its end, and a leader of its own kind leads to a name that had to move.
function labelLines(context, palette, lines, { right }) {
  const ended = lines.map((line) => ({ ...line, end: line.places.findLast(Boolean) })).filter(({ end }) => end);
  ended.sort((a, b) => a.end[1] - b.end[1]);
  context.textBaseline = "middle";
  spread(ended.map(({ end }) => end[1])).forEach((y, index) => {
    const { name, side, end } = ended[index];
    Object.assign(context, { strokeStyle: palette[side], lineWidth: 1 });
    strokeLine(context, { x: end[0], y: end[1] }, { x: right + 14, y });
    writeText(context, palette, sayName(name), right + 18, y, "left");
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

function moveCursors({ clips, position, length, rate, seen }) {
  for (const { plot } of clips) {
    if (!plot.scale || !seen.has(plot.canvas)) continue;
    plot.at = plot.scale.x(Math.min(position, length - 1) / rate);
    plot.cursor.style.transform = `translateX(${plot.at}px)`;
  }
}

// Pressing or dragging in a plot goes to the frame of that moment.
function connectPlot(player, plot, area) {
  const seek = (event) => {
    const time = plot.scale.time(event.clientX - area.getBoundingClientRect().left);
    goTo(player, Math.max(0, Math.min(player.length - 1, Math.round(time * player.rate))));
  };
  area.onpointerdown = (event) => {
    if (event.button !== 0 || !plot.scale) return;
    area.setPointerCapture(event.pointerId);
    seek(event);
  };
  area.onpointermove = (event) => { if (area.hasPointerCapture(event.pointerId)) seek(event); };
}
