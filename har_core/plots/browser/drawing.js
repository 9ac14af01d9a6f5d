// --- Drawing ----------------------------------------------------------------------------------------------

const POINT_RADIUS = 4.5, BEHIND_RADIUS = 3, RING_RADIUS = 9; // pixels
const FULL = 0.85, FAINT = 0.18, BEHIND = 0.25; // how much of the ground a point hides
const NAME_HEIGHT = 1.33, NAME_RISE = 1.17; // letters
const NAME_STEPS = 20; // lines that a name may move up or down

// Symbols around 0, 0, about as large as a circle of radius 1: for the canvas and for the legend.
const SHAPES = {
  circle: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  diamond: "M0-1.3L1.3 0 0 1.3-1.3 0Z",
  square: "M-.9-.9H.9V.9H-.9Z",
  cross: "M-1.2-.45H-.45V-1.2H.45V-.45H1.2V.45H.45V1.2H-.45V.45H-1.2Z",
  x: "M0-.64L.64-1.28 1.28-.64 .64 0 1.28 .64 .64 1.28 0 .64-.64 1.28-1.28 .64-.64 0-1.28-.64-.64-1.28Z",
};
const PATHS = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => [name, Object.assign(new Path2D(shape), { shape })]));

function requestGround(scatter) {
  scatter.groundStale = true;
  requestDraw(scatter);
}

function requestDraw(scatter) {
  cancelAnimationFrame(scatter.request);
  scatter.request = requestAnimationFrame(() => draw(scatter));
}

function draw(scatter) {
  const { ground, data } = scatter;
  const width = ground.clientWidth, height = ground.clientHeight;
  if (!width || !data) return; // in a tab that is not shown; its size will change
  if (scatter.groundStale) {
    scatter.palette = readPalette(scatter.root); // the theme may have changed
    scatter.root.words = { names: scatter.palette.text, numbers: scatter.palette.quiet.text }; // for tests
    lay(scatter, width, height);
    scatter.scale = scaleOf(scatter, width, height);
    drawGround(scatter, prepareCanvas(ground, width, height));
    scatter.groundStale = false;
  }
  drawOver(scatter, width, height);
  showState(scatter);
}

function drawGround(scatter, context) {
  const { data, palette, scale, root, points } = scatter;
  if (!isSpace(scatter)) drawGrid(context, palette, scale, data.axes);
  scatter.places = data.names.map((_, row) => scale.place(points[2 * row], points[2 * row + 1]));
  context.save();
  context.beginPath();
  context.rect(scale.left, scale.top, scale.right - scale.left, scale.bottom - scale.top);
  context.clip();
  drawArms(context, scatter);
  drawBehind(context, data, scale);
  for (const full of [false, true]) drawPoints(context, scatter, full);
  context.restore();
  root.drawnPoints = Object.fromEntries(
    data.names.map((name, row) => [name, scatter.places[row]]).filter(([, place]) => scale.holds(place)));
  root.drawnLabels = drawNames(context, palette, scale, scatter.labels);
}

// Drawn once more, into a picture, with the ring around the chosen point.
function pictureOfGround(scatter) {
  const picture = new PictureContext(scatter.ground);
  drawGround(scatter, picture);
  drawRing(picture, scatter);
  return picture.text();
}

function drawArms(context, { arms, palette, scale }) {
  Object.assign(context, { strokeStyle: palette.lead, lineWidth: 1 });
  const [x0, y0] = scale.place(0, 0);
  for (const { at } of arms) {
    const [x, y] = scale.place(...at);
    strokeLine(context, { x: x0, y: y0 }, { x, y });
  }
}

function drawGrid(context, palette, { left, right, top, bottom, titled, x, y, place }, titles) {
  Object.assign(context, { strokeStyle: palette.grid, lineWidth: 1, font: `${palette.letter}px ${palette.font}` });
  const inside = ([low, high], length, each) =>
    niceTicks(low, high, length / each).filter((tick) => tick > low && tick < high);
  const { letter } = palette, across = inside(x, right - left, 6.7 * letter), up = inside(y, bottom - top, 5 * letter);
  context.beginPath();
  for (const tick of across) addLine(context, { x: place(tick, 0)[0], y: top }, { x: place(tick, 0)[0], y: bottom });
  for (const tick of up) addLine(context, { x: left, y: place(0, tick)[1] }, { x: right, y: place(0, tick)[1] });
  context.stroke();
  if (!titled) return;
  context.textBaseline = "top";
  const write = (text, ...where) => writeText(context, palette.quiet, text, ...where);
  for (const tick of across) write(sayTick(tick, across), place(tick, 0)[0], bottom + letter / 2, "center");
  context.textBaseline = "middle";
  for (const tick of up) write(sayTick(tick, up), left - letter / 2, place(0, tick)[1], "right");
  context.font = `${1.08 * letter}px ${palette.font}`;
  context.textBaseline = "alphabetic";
  write(titles[0], (left + right) / 2, bottom + 3.2 * letter, "center");
  write(titles[1], 1, top - 0.8 * letter, "left");
}

function sayTick(tick, ticks) {
  return ticks.length > 1 ? sayNumber(tick, digitsOf(ticks)) : String(Number(tick.toFixed(2))).replace("-", "−");
}

function drawBehind(context, { behind, neutral }, { place }) {
  context.globalAlpha = BEHIND;
  for (let index = 0; index < behind.length; index += 2) {
    const [x, y] = place(behind[index], behind[index + 1]);
    fillCircle(context, { x, y }, BEHIND_RADIUS, neutral);
  }
  context.globalAlpha = 1;
}

// Points in space from far to near, near ones a little larger.
function drawPoints(context, { data, places, depths }, full) {
  context.globalAlpha = full ? FULL : FAINT;
  const rows = [...places.keys()].filter((row) => data.full[row] === full);
  if (depths) rows.sort((one, other) => depths[one] - depths[other]);
  for (const row of rows) {
    const radius = POINT_RADIUS * (depths ? 1 + 0.25 * depths[row] : 1);
    drawSymbol(context, data.groups[data.kinds[row]], places[row], radius);
  }
  context.globalAlpha = 1;
}

function drawSymbol(context, { colour, symbol }, [x, y], radius) {
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.fillStyle = colour;
  context.fill(PATHS[symbol]);
  context.restore();
}

// Each name stands above the middle of its points, or as near to that as leaves the others legible; a line leads
// back from one that had to move.
function drawNames(context, palette, scale, labels) {
  Object.assign(context, { font: `600 ${palette.letter}px ${palette.font}`, textBaseline: "middle" });
  const placed = [];
  const middles = labels.map(({ text, at, quiet }) => ({ text, quiet, middle: scale.place(...at) }));
  for (const { text, middle, quiet } of middles.sort((a, b) => a.middle[1] - b.middle[1])) {
    if (!scale.holds(middle)) continue;
    const half = context.measureText(text).width / 2 + 3;
    const places = placesForName(middle, half, scale, palette.letter);
    const free = places.find((place) => isFree(place, half, placed, palette.letter));
    if (!free) continue; // one on another could not be read; the points say it themselves
    const [x, y] = free;
    placed.push({ text, middle, quiet, x, y, half });
  }
  Object.assign(context, { strokeStyle: palette.lead, lineWidth: 1 });
  for (const { middle: [x, y], ...name } of placed) {
    if (Math.hypot(name.x - x, name.y - y) > 2 * NAME_RISE * palette.letter) strokeLine(context, { x, y }, name);
  }
  for (const { text, quiet, x, y } of placed) writeText(context, quiet ? palette.quiet : palette, text, x, y, "center");
  return Object.fromEntries(placed.map(({ text, x, y }) => [text, [x, y]]));
}

// Where a name may stand, the best first.
function placesForName([x, y], half, { left, right, top, bottom }, letter) {
  const rise = NAME_RISE * letter, height = NAME_HEIGHT * letter;
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const found = [];
  for (let up = -NAME_STEPS; up <= NAME_STEPS; up++) {
    for (let aside = -2; aside <= 2; aside++) {
      const place = [
        clamp(x + 0.7 * aside * half, left + half, right - half),
        clamp(y - rise - up * height, top + height / 2, bottom - height / 2),
      ];
      found.push({ place, distance: Math.hypot(place[0] - x, place[1] - (y - rise)) });
    }
  }
  return found.sort((a, b) => a.distance - b.distance).map(({ place }) => place);
}

function isFree([x, y], half, placed, letter) {
  return !placed.some((other) => Math.abs(x - other.x) < half + other.half && Math.abs(y - other.y) < NAME_HEIGHT * letter);
}

function drawOver(scatter, width, height) {
  const { data, palette, scale, places, at, loop } = scatter;
  const context = prepareCanvas(scatter.over, width, height);
  drawRing(context, scatter);
  if (at >= 0 && scale.holds(places[at])) {
    fillCircle(context, { x: places[at][0], y: places[at][1] }, POINT_RADIUS + 4, palette.ground);
    drawSymbol(context, data.groups[data.kinds[at]], places[at], POINT_RADIUS + 1.5);
  }
  if (loop) drawLoop(context, palette, outlineOf(loop));
}

function drawRing(context, { palette, scale, places, chosen }) {
  if (chosen < 0 || !scale.holds(places[chosen])) return;
  const [x, y] = places[chosen];
  circle(context, { x, y }, RING_RADIUS);
  Object.assign(context, { strokeStyle: palette.ground, lineWidth: 4.5 });
  context.stroke();
  Object.assign(context, { strokeStyle: palette.text, lineWidth: 2.5 });
  context.stroke();
}

function drawLoop(context, { accent }, outline) {
  context.beginPath();
  for (const place of outline) context.lineTo(...place);
  context.closePath();
  Object.assign(context, { fillStyle: accent, strokeStyle: accent, lineWidth: 1.5, globalAlpha: 0.12 });
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

function showState(scatter) {
  const { root, over, data, places, chosen, at, loop } = scatter;
  over.classList.toggle("on-point", at >= 0 && !loop);
  showTip(scatter);
  root.querySelector('[data-zoom="reset"]').disabled = !scatter.sight;
  Object.assign(root.dataset, {
    drawn: places.length, chosen: data.names[chosen] ?? "", at: data.names[at] ?? "", zoom: zoomOf(scatter).toFixed(3),
  });
}

// Above and to the right of its point, or where there is room.
function showTip({ tip, ground, data, places, at, loop }) {
  tip.hidden = at < 0 || loop !== null;
  if (tip.hidden) return;
  const said = linesAbout(data, at);
  [...tip.children].forEach((line, index) => { line.textContent = said[index]; });
  const [x, y] = places[at], { offsetWidth: width, offsetHeight: height } = tip;
  const left = x + 14 + width < ground.clientWidth ? x + 14 : Math.max(0, x - 14 - width);
  const top = y - 10 - height > 0 ? y - 10 - height : y + 14;
  tip.style.transform = `translate(${left}px, ${top}px)`;
}

function linesAbout({ names, actions, truth, predicted, subjects }, row) {
  return [names[row], `${actions[truth[row]]}, subject ${subjects[row]}`, `predicted: ${actions[predicted[row]]}`];
}
