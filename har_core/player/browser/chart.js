// --- Charts over time: axes, lines with their names, a cursor that goes with the player ----------------------

const TIME_UNIT = "seconds"; // stands below the names of the lines, behind the numbers of the axis
const NARROW_CHART = 340; // pixels; below this, lines have no names at their ends

function makeChart(player, title, kind = "") {
  const figure = element("figure", `plot ${kind}`.trim()), caption = element("figcaption");
  const area = element("div", "area"), canvas = element("canvas"), cursor = element("div", "cursor");
  caption.textContent = title;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Lines over time: ${title}`); // until they are drawn, which they are in sight
  area.append(canvas, cursor);
  figure.append(caption, area);
  const chart = { figure, caption, canvas, cursor, scale: null, at: 0 };
  connectChart(player, chart, area);
  return chart;
}

function chartsOf({ plot, track }) {
  return track?.chart ? [plot, track.chart] : [plot];
}

function measureChart(chart) {
  Object.assign(chart, { width: chart.canvas.clientWidth, height: chart.canvas.clientHeight });
}

function isNarrow({ width }, { scale }) {
  return width < NARROW_CHART * scale;
}

// From seconds and values to pixels.
function chartScale({ length, rate, palette: { scale } }, { width, height }, ticks, labelWidth) {
  const left = 52 * scale, right = width - labelWidth - 22, top = 30 * scale, bottom = height - 24 * scale;
  const seconds = Math.max(length - 1, 1) / rate;
  const [low, high] = [ticks[0], ticks.at(-1)];
  return {
    left, right, top, bottom, ticks, seconds,
    x: (time) => left + (time / seconds) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
    time: (x) => ((x - left) / (right - left)) * seconds,
  };
}

function drawAxes(context, palette, scale, title, timeUnit = TIME_UNIT) {
  const { left, right, top, bottom, ticks, seconds } = scale;
  Object.assign(context, { strokeStyle: palette.floor, lineWidth: 1, textBaseline: "middle" });
  for (const tick of ticks) {
    strokeLine(context, { x: left, y: scale.y(tick) }, { x: right, y: scale.y(tick) });
    writeText(context, palette, sayNumber(tick, digitsOf(ticks)), left - 8, scale.y(tick), "right");
    Object.assign(context, { strokeStyle: palette.floor, lineWidth: 1 });
  }
  context.textBaseline = "top";
  for (const tick of niceTicks(0, seconds, (right - left) / (70 * palette.scale)).filter((time) => time <= seconds)) {
    writeText(context, palette, String(Number(tick.toFixed(2))), scale.x(tick), bottom + 6, "center");
  }
  writeText(context, palette, timeUnit, right + 18, bottom + 6, "left");
  context.textBaseline = "bottom";
  writeText(context, palette, title, 4, top - 8 * palette.scale, "left");
}

function drawLost(context, palette, clip, scale, rate) {
  context.fillStyle = palette.shadow;
  for (const [first, end] of clip.lostRuns) {
    const from = Math.max(scale.left, scale.x((first - 0.5) / rate));
    context.fillRect(from, scale.top, scale.x((end - 0.5) / rate) - from, scale.bottom - scale.top);
  }
}

function drawLine(context, { places, colour, dash, width }) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round", lineCap: "butt" });
  context.setLineDash(dash);
  context.beginPath();
  places.forEach((place, index) => {
    if (!place) return;
    if (places[index - 1]) context.lineTo(...place);
    else {
      context.moveTo(place[0] - 1, place[1]); // a lone frame between two gaps shows as a dot
      context.lineTo(...place);
    }
  });
  context.stroke();
  context.setLineDash([]);
}

// Each line is named at its end, and a leader of its own kind leads to a name that had to move.
function labelLines(context, palette, lines, { right, bottom }) {
  const ended = lines.map((line) => ({ ...line, end: line.places.findLast(Boolean) })).filter(({ end }) => end);
  ended.sort((a, b) => a.end[1] - b.end[1]);
  context.textBaseline = "middle";
  const lowest = (index) => bottom - 4 - LABEL_HEIGHT * palette.scale * (ended.length - 1 - index); // names of low lines go upwards
  spread(ended.map(({ end }) => end[1]), palette).map((y, index) => Math.min(y, lowest(index))).forEach((y, index) => {
    const { label, colour, end } = ended[index];
    Object.assign(context, { strokeStyle: colour, lineWidth: 1 });
    strokeLine(context, { x: end[0], y: end[1] }, { x: right + 14, y });
    writeText(context, palette, label, right + 18, y, "left");
  });
}

function widestLabel(context, labels) {
  return Math.max(...[TIME_UNIT, ...labels].map((label) => context.measureText(label).width));
}

function moveCursors({ clips, position, length, rate, seen }) {
  for (const chart of clips.flatMap(chartsOf)) {
    if (!chart.scale || !seen.has(chart.canvas)) continue;
    chart.at = chart.scale.x(Math.min(position, length - 1) / rate);
    chart.cursor.style.transform = `translateX(${chart.at}px)`;
  }
}

// Pressing or dragging in a chart goes to the frame of that moment.
function connectChart(player, chart, area) {
  const seek = (event) => {
    const time = chart.scale.time(event.clientX - area.getBoundingClientRect().left);
    goTo(player, Math.max(0, Math.min(player.length - 1, Math.round(time * player.rate))));
  };
  area.onpointerdown = (event) => {
    if (event.button !== 0 || !chart.scale) return;
    area.setPointerCapture(event.pointerId);
    seek(event);
  };
  area.onpointermove = (event) => { if (area.hasPointerCapture(event.pointerId)) seek(event); };
}
