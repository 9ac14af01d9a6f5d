// --- Lines that come with a clip: numbers at moments of it, whatever they mean --------------------------------

const TRACK_DASHES = [[], [9, 4], [2, 4], [12, 4, 2, 4], [5, 3]]; // colour is not the only sign of a line

function makeTrack(player, clip) {
  const chart = makeChart(player, nameOf(clip), "track"), readings = element("ul", "readings");
  for (const line of strongIn(clip.track)) {
    const entry = element("li"), said = element("b");
    line.key = element("span", "key");
    entry.append(line.key, `${line.name} `, said);
    readings.append(entry);
    line.said = said;
  }
  chart.caption.after(readings);
  clip.track.chart = chart;
  return chart.figure;
}

function strongIn({ lines }) {
  return lines.filter(({ faint }) => !faint);
}

function drawTracks(player) {
  const carrying = player.clips.filter(({ track }) => track?.lines.length);
  for (const { track } of carrying) measureChart(track.chart);
  for (const clip of carrying) player.root.trackedLines[player.clips.indexOf(clip)] = drawTrack(player, clip);
}

function drawTrack(player, clip) {
  const { track } = clip, { chart } = track, { palette, rate } = player;
  const context = prepareCanvas(chart.canvas, chart.width, chart.height);
  setFont(context, palette, 14);
  const strong = strongIn(track), narrow = isNarrow(chart, palette), timeUnit = narrow ? "s" : TIME_UNIT;
  const ticks = niceTicks(...track.span, chart.height / (60 * palette.scale));
  const labelWidth = narrow ? context.measureText(timeUnit).width : widestLabel(context, strong.map(({ name }) => name));
  chart.scale = chartScale(player, chart, ticks, labelWidth);
  drawLost(context, palette, clip, chart.scale, rate);
  drawAxes(context, palette, chart.scale, track.title, timeUnit);
  const lines = track.lines.map((line) => trackedLine(player, track, line, strong.indexOf(line)));
  for (const line of lines.toReversed()) drawLine(context, line); // the first, which matters most, lies on top
  const named = lines.filter(({ faint }) => !faint);
  if (!narrow) labelLines(context, palette, named, chart.scale);
  named.forEach((line, index) => showKey(strong[index], line));
  describeTrack(track, strong, clip.title);
  return Object.fromEntries(lines.map(({ name, places }) => [name, places]));
}

function trackedLine({ palette, rate }, { moments, chart }, { name, values, colour, faint }, order) {
  const { x, y } = chart.scale;
  const places = Array.from(values, (value, index) => [x(moments[index] / rate), y(value)]);
  const style = faint
    ? { colour: palette.floor, dash: [], width: 1.5 }
    : { colour: colour || palette.trunk, dash: TRACK_DASHES[order % TRACK_DASHES.length], width: 2.5 };
  return { name, label: name, places, faint, ...style };
}

// Beside what a line says stands how it is drawn: a narrow chart has no room for names.
function showKey({ key }, { colour, dash }) {
  const looks = `stroke="${colour}" stroke-width="3" stroke-dasharray="${dash.join(" ")}"`;
  key.innerHTML = `<svg viewBox="0 0 28 10" aria-hidden="true"><line x1="1" y1="5" x2="27" y2="5" ${looks}/></svg>`;
}

function describeTrack({ chart, title, lines, unit }, strong, clipTitle) {
  const ends = strong.map(({ name, values }) => `${name} ends at ${sayNumber(values.at(-1), 0)}${unit}`);
  const rest = lines.length - strong.length;
  chart.canvas.setAttribute(
    "aria-label", `${title} over time: ${ends.join(", ")}${rest ? `, and ${rest} more lines` : ""}. ${clipTitle}`);
}

// What the strong lines say at the frame that is shown.
function showReading(player, { track }) {
  if (!track?.chart?.scale) return;
  const digits = digitsOf(track.chart.scale.ticks), place = placeIn(track.moments, frameOf(player));
  for (const { said, values } of strongIn(track)) {
    said.textContent = `${sayNumber(between(values, place), digits)}${track.unit}`;
  }
}

// Where a position in the clip lies among the moments: a row, and the share of the way to the next.
function placeIn(moments, position) {
  const next = moments.findIndex((moment) => moment > position);
  if (next === 0) return { row: 0, share: 0 };
  if (next < 0) return { row: moments.length - 1, share: 0 };
  return { row: next - 1, share: (position - moments[next - 1]) / (moments[next] - moments[next - 1]) };
}

function between(values, { row, share }) {
  return share ? values[row] + share * (values[row + 1] - values[row]) : values[row];
}
