// --- The plane: where a clip's path leads among points that stay ----------------------------------------------

const POINT_RADIUS = 2.5, HEAD_RADIUS = 6; // pixels

// The points lie on a canvas of their own below the path, so that only the path is drawn anew as it grows.
function makePlane(player, clip) {
  const figure = element("figure", "plane"), caption = element("figcaption"), area = element("div", "area");
  const ground = element("canvas"), canvas = element("canvas", "over");
  caption.textContent = clip.title;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `The path of ${clip.title} in the plane of ${player.plane.x} and ${player.plane.y}`);
  area.append(ground, canvas);
  figure.append(caption, area);
  clip.track.plane = { figure, ground, canvas, scale: null };
  connectPlane(player, clip.track, area);
  return figure;
}

function planesOf(clips) {
  return clips.map(({ track }) => track?.plane).filter(Boolean);
}

function drawPlanes(player) {
  const planes = planesOf(player.clips);
  for (const plane of planes) measureChart(plane);
  for (const plane of planes) drawGround(player, plane);
}

function drawGround({ palette, plane: { points, names, x, y }, clips }, plane) {
  const { width, height } = plane;
  const context = prepareCanvas(plane.ground, width, height);
  plane.scale = planeScale([points, ...clips.map(({ track }) => track?.path ?? [])], width, height, palette.scale);
  const { left, right, top, bottom } = plane.scale;
  Object.assign(context, { strokeStyle: palette.floor, lineWidth: 1 });
  setFont(context, palette, 14);
  context.strokeRect(left, top, right - left, bottom - top);
  for (let index = 0; index < points.length; index += 2) {
    fillCircle(context, plane.scale.place(points[index], points[index + 1]), POINT_RADIUS, palette.point);
  }
  context.textBaseline = "middle";
  const places = names.map(({ name, at }) => ({ name, ...plane.scale.place(...at) })).sort((a, b) => a.y - b.y);
  spread(places.map((place) => place.y), palette).forEach((y, index) => {
    const { name, x } = places[index], half = context.measureText(name).width / 2;
    writeText(context, palette, name, Math.max(left + half, Math.min(right - half, x)), y, "center");
  });
  context.textBaseline = "bottom";
  writeText(context, palette, x, (left + right) / 2, height - 4, "center");
  writeText(context, palette, y, left, top - 6, "left");
}

// From the plane to pixels: everything is in sight, with some room around it.
function planeScale(pairs, width, height, scale) {
  const numbers = pairs.flatMap((values) => Array.from(values));
  const reach = [0, 1].map((axis) => {
    const along = numbers.filter((value, index) => index % 2 === axis && Number.isFinite(value));
    const low = Math.min(...along), high = Math.max(...along);
    const room = 0.06 * (high - low) || 1;
    return [low - room, high + room];
  });
  const left = 1, right = width - 1, top = 26 * scale, bottom = height - 26 * scale;
  const [[x0, x1], [y0, y1]] = reach;
  return {
    left, right, top, bottom,
    place: (x, y) => ({
      x: left + ((x - x0) / (x1 - x0)) * (right - left), y: bottom - ((y - y0) / (y1 - y0)) * (bottom - top),
    }),
  };
}

// The whole way stays visible, faintly; what has been gone of it is strong, and a head leads it.
function drawPaths({ clips, position, palette, seen, root }) {
  clips.forEach(({ track }, index) => {
    const plane = track?.plane;
    if (!plane?.scale || !seen.has(plane.canvas)) return;
    const context = prepareCanvas(plane.canvas, plane.width, plane.height);
    const { all, gone } = pathAt(track, position);
    drawLine(context, { places: all, colour: palette.trail, dash: [], width: 2 });
    drawLine(context, { places: gone, colour: palette.accent, dash: [], width: 3 });
    const [x, y] = gone.at(-1);
    fillCircle(context, { x, y }, HEAD_RADIUS + 2, palette.ground);
    fillCircle(context, { x, y }, HEAD_RADIUS, palette.accent);
    root.drawnPaths[index] = gone;
  });
}

function pathAt({ path, moments, plane: { scale } }, position) {
  const place = (x, y) => Object.values(scale.place(x, y));
  const all = Array.from(moments, (_, row) => place(path[2 * row], path[2 * row + 1]));
  const { row, share } = placeIn(moments, position);
  const gone = all.slice(0, row + 1);
  if (share) gone.push(all[row].map((value, axis) => value + share * (all[row + 1][axis] - value)));
  return { all, gone };
}

// Pressing goes to the moment at which the path was nearest.
function connectPlane(player, track, area) {
  area.onpointerdown = (event) => {
    if (event.button !== 0 || !track.plane.scale) return;
    const box = area.getBoundingClientRect();
    const distances = pathAt(track, 0).all
      .map(([x, y]) => Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top)));
    goTo(player, Math.round(track.moments[distances.indexOf(Math.min(...distances))]));
  };
}
