// --- Axes around a figure: where it is in its own unit, along the edges of its space ---------------------------

const SHORTEST_AXIS = 0.3; // of its length across; one that points at the camera says nothing
const NUMBER_HEIGHT = 14; // pixels
const TICK = 5, TICK_LABEL = 16, AXIS_NAME = 24; // pixels: to a tick's end, to its number, from there to the name

function drawSpace({ context, palette }, project, clip) {
  setFont(context, palette, 13);
  context.textBaseline = "middle";
  const between = (axis) => (clip.low[axis] + clip.high[axis]) / 2;
  const middle = placeIn3D(clip, project, [between(0), clip.low[1], between(2)]); // of the floor
  const edges = edgesOf(clip, project).map((edge) => ({ ...edge, ...endsOf(clip, project, edge) }));
  const across = Math.max(...edges.map(({ share }) => share));
  for (const edge of edges.filter(({ share }) => share > SHORTEST_AXIS * across)) {
    drawEdge(context, palette, clip, edge, middle);
  }
}

// Where an edge begins and ends, and how many pixels it has for each unit of the box.
function endsOf(clip, project, { axis, at }) {
  const seen = (value) => placeIn3D(clip, project, at.map((own, index) => (index === axis ? value : own)));
  const [low, high] = [clip.low[axis], clip.high[axis]], [from, to] = [seen(low), seen(high)];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { seen, from, to, length, share: low < high ? length / (clip.toBox(high, axis) - clip.toBox(low, axis)) : 0 };
}

function placeIn3D(clip, project, point) {
  return project(point.map(clip.toBox));
}

// Of the parallel edges the one that the figure hides least: on the floor the nearest, upright the leftmost.
function edgesOf(clip, project) {
  const { low, high } = clip;
  const corners = [[low[0], low[2]], [high[0], low[2]], [low[0], high[2]], [high[0], high[2]]]
    .map(([x, z]) => [x, low[1], z]);
  const seen = (point) => placeIn3D(clip, project, point);
  const middleOf = (at, axis) => at.map((value, own) => (own === axis ? (low[own] + high[own]) / 2 : value));
  const best = (axis, rank) => corners
    .map((at) => ({ axis, at, rank: rank(seen(middleOf(at, axis))) }))
    .reduce((one, other) => (other.rank > one.rank + 1e-6 ? other : one));
  return [best(0, ({ y }) => y), best(2, ({ y }) => y), best(1, ({ x }) => -x)];
}

function drawEdge(context, palette, { low, high, unit }, { axis, seen, from, to, length }, middle) {
  const out = outwards(from, to, middle);
  Object.assign(context, { strokeStyle: palette.text, lineWidth: 1 });
  strokeLine(context, from, to);
  const ticks = ticksWithin(low[axis], high[axis], length / 60), numbers = ticks.map((tick) => sayTick(tick, ticks));
  const widest = Math.max(...numbers.map((number) => context.measureText(number).width));
  let last = null;
  ticks.forEach((tick, index) => {
    const place = seen(tick);
    const hides = last && Math.abs(place.x - last.x) < widest + 4 && Math.abs(place.y - last.y) < NUMBER_HEIGHT;
    Object.assign(context, { strokeStyle: palette.text, lineWidth: 1 });
    strokeLine(context, place, away(place, out, TICK));
    if (hides) return; // the number before it
    writeAway(context, palette, numbers[index], place, out, TICK_LABEL);
    last = place;
  });
  const half = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const distance = TICK_LABEL + AXIS_NAME * Math.abs(out.y) + (widest + 10) * Math.abs(out.x);
  writeAway(context, palette, `${AXES[axis].letter} (${unit})`, half, out, distance);
}

// Round numbers of a span; two at least, so that they say how long a unit is.
function ticksWithin(low, high, count) {
  const within = niceTicks(low, high, count).filter((value) => value >= low && value <= high);
  return within.length > 1 || !(low < high) ? within : ticksWithin(low, high, 2 * Math.max(count, 2));
}

function sayTick(tick, ticks) {
  return sayNumber(tick, ticks.length > 1 ? digitsOf(ticks) : 2);
}

// Across the edge, and away from the middle of the floor.
function outwards(from, to, middle) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const out = { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
  const inside = out.x * (middle.x - from.x) + out.y * (middle.y - from.y) > 0;
  return inside ? { x: -out.x, y: -out.y } : out;
}

function away({ x, y }, out, distance) {
  return { x: x + out.x * distance, y: y + out.y * distance };
}

function writeAway(context, palette, text, place, out, distance) {
  const { x, y } = away(place, out, distance);
  const align = Math.abs(out.x) < 0.5 ? "center" : out.x > 0 ? "left" : "right";
  writeText(context, palette, text, x - (align === "center" ? 0 : 8 * Math.sign(out.x)), y, align);
}
