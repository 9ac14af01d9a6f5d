// --- What the visitor does ----------------------------------------------------------------------------------

const CLICK_REACH = 4; // pixels; a pointer that moved further has drawn a loop and clicked on nothing
const POINT_REACH = 10, FINGER_REACH = 22; // pixels around a point that count as the point

// Handlers are assigned, never added, so that a second call can't stack them.
function connectPointer(scatter) {
  const { over } = scatter;
  over.onpointerdown = (event) => {
    if (event.button !== 0 || !event.isPrimary || !scatter.scale) return;
    scatter.press = placeOf(scatter, event);
    scatter.turned = null;
    if (event.pointerType !== "touch") over.setPointerCapture(event.pointerId);
  };
  over.onpointermove = (event) => {
    if (!scatter.scale) return;
    const turns = isSpace(scatter) && scatter.press && !event.shiftKey && !scatter.loop;
    if (turns) return turnBy(scatter, placeOf(scatter, event));
    if (event.pointerType === "touch") return; // it scrolls the page
    if (scatter.press) drag(scatter, placeOf(scatter, event), event.shiftKey);
    else goTo(scatter, pointAt(scatter, placeOf(scatter, event), POINT_REACH));
  };
  over.onpointerup = (event) => {
    if (!scatter.press) return;
    const reach = event.pointerType === "touch" ? FINGER_REACH : POINT_REACH;
    if (scatter.loop) takeLoop(scatter);
    else if (!scatter.turned) pick(scatter, pointAt(scatter, scatter.press, reach));
    scatter.press = null;
  };
  over.onpointercancel = () => letGo(scatter);
  over.onpointerleave = () => { if (!scatter.press) goTo(scatter, -1); };
  over.onwheel = (event) => {
    if (!event.ctrlKey || !scatter.scale) return;
    event.preventDefault(); // the page keeps its size
    zoom(scatter, Math.exp(-event.deltaY / 300), scatter.scale.value(...placeOf(scatter, event)));
  };
}

function connectKeys(scatter) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const others = {
    Enter: () => pick(scatter, scatter.at), " ": () => pick(scatter, scatter.at), Escape: () => letGo(scatter),
    "+": () => zoomAtPoint(scatter, ZOOM_STEP), "-": () => zoomAtPoint(scatter, 1 / ZOOM_STEP),
    0: () => zoomAtPoint(scatter, 0),
  };
  scatter.over.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !scatter.scale) return;
    if (arrows[event.key] && event.shiftKey && isSpace(scatter)) turn(scatter, ...arrows[event.key].map((step) => 12 * step));
    else if (arrows[event.key]) goByKey(scatter, arrows[event.key]);
    else if (others[event.key]) others[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
  };
  scatter.over.onblur = () => goTo(scatter, -1);
}

function connectZoom(scatter) {
  const factors = { in: ZOOM_STEP, out: 1 / ZOOM_STEP, reset: 0 };
  for (const button of scatter.root.querySelectorAll("[data-zoom]")) {
    button.onclick = () => zoomAtPoint(scatter, factors[button.dataset.zoom]);
  }
}

function placeOf({ over }, event) {
  const box = over.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function pointAt({ places, scale }, [x, y], reach) {
  let found = -1, nearest = reach;
  places.forEach((place, row) => {
    const distance = Math.hypot(place[0] - x, place[1] - y);
    if (distance <= nearest && scale.holds(place)) [found, nearest] = [row, distance];
  });
  return found;
}

function goTo(scatter, row) {
  if (row === scatter.at) return;
  scatter.at = row;
  requestDraw(scatter);
}

// The ring moves at once; the server's answer takes a while.
function pick(scatter, row) {
  if (row < 0) return;
  scatter.chosen = row;
  scatter.tell("point", scatter.data.names[row]);
  requestDraw(scatter);
}

// From the point one is on, or the chosen one, to the nearest that lies in a direction; faint ones are left out.
function goByKey(scatter, direction) {
  const { data, places, at, chosen } = scatter;
  const from = at >= 0 ? at : chosen;
  const next = at < 0 && chosen >= 0 ? chosen : nextPoint(places, data.full, from, direction);
  if (next < 0) return;
  bringIntoSight(scatter, next);
  goTo(scatter, next);
  scatter.told.textContent = linesAbout(data, next).join(", ");
}

function nextPoint(places, full, from, [right, down]) {
  if (from < 0) return full.indexOf(true);
  let found = -1, nearest = Infinity;
  places.forEach(([x, y], row) => {
    const aside = [x - places[from][0], y - places[from][1]];
    const along = aside[0] * right + aside[1] * down, across = Math.abs(aside[0] * down) + Math.abs(aside[1] * right);
    const distance = along + 2 * across;
    if (full[row] && row !== from && along > 0 && along >= across && distance < nearest) [found, nearest] = [row, distance];
  });
  return found;
}

function zoomAtPoint(scatter, factor) {
  const { at, chosen, sight, reach, points } = scatter;
  const row = at >= 0 ? at : chosen;
  const middle = (sight ?? reach).map(([low, high]) => (low + high) / 2);
  zoom(scatter, factor, row < 0 ? middle : [points[2 * row], points[2 * row + 1]]);
  if (row >= 0) bringIntoSight(scatter, row);
}

// --- Loops, and boxes with the shift key -----------------------------------------------------------------------

function drag(scatter, place, boxed) {
  const { press } = scatter;
  if (!scatter.loop && Math.hypot(place[0] - press[0], place[1] - press[1]) <= CLICK_REACH) return;
  scatter.loop ??= { boxed, places: [press] };
  scatter.loop.places.push(place);
  scatter.at = -1;
  requestDraw(scatter);
}

function outlineOf({ boxed, places }) {
  if (!boxed) return places;
  const [[x0, y0], [x1, y1]] = [places[0], places.at(-1)];
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

function takeLoop(scatter) {
  const { data, places, scale } = scatter;
  const outline = outlineOf(scatter.loop);
  const inside = data.names.filter((_, row) => scale.holds(places[row]) && isInside(places[row], outline));
  scatter.tell("loop", inside);
  scatter.loop = null;
  requestDraw(scatter);
}

// Inside is where a ray to the right crosses the outline an odd number of times.
function isInside([x, y], outline) {
  return outline.reduce((inside, [x1, y1], index) => {
    const [x2, y2] = outline.at(index - 1);
    const crosses = y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1);
    return crosses ? !inside : inside;
  }, false);
}

function letGo(scatter) {
  Object.assign(scatter, { press: null, loop: null, at: -1 });
  requestDraw(scatter);
}
