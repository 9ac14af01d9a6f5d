// --- Drawing the figures ----------------------------------------------------------------------------------

const GRID_REACH = 1.2, GRID_LINES = 9;
const LABEL_HEIGHT = 16; // pixels
const SMALL_PICTURE = 260; // pixels; below this, texts are smaller, too
const TRAIL_SECONDS = 1.5, TRAIL_SHADES = 6;

function draw(player) {
  const seen = player.clips.filter((clip) => player.seen.has(clip.canvas));
  for (const clip of seen) measure(clip); // all before anything is drawn: the layout is worked out once
  const { drawnJoints, drawnTrails } = player.root;
  for (const clip of seen) {
    const index = player.clips.indexOf(clip);
    ({ joints: drawnJoints[index], trails: drawnTrails[index] } = drawClip(player, clip));
  }
  if (player.plotsStale) drawCharts(player);
  moveCursors(player);
  drawPaths(player);
}

function drawCharts(player) {
  player.plotsStale = false;
  drawPlots(player);
  drawTracks(player);
  drawPlanes(player);
}

function measure(clip) {
  clip.width = clip.canvas.clientWidth;
  clip.height = clip.canvas.clientHeight;
}

function drawClip(player, clip) {
  const { pose, joints, trails } = drawFigure(prepareCanvas(clip.canvas, clip.width, clip.height), player, clip, clip);
  clip.pose = { frame: pose.frame, tracked: pose.tracked, drawn: pose.tracked ? joints.filter(Boolean).length : 0 };
  return { joints: joints.map((joint) => joint && [joint.x, joint.y]), trails };
}

// A clip as the player stands, on any canvas; `around` draws what lies between the floor and the figure.
function drawFigure(context, player, clip, { width, height }, around = () => {}) {
  const pose = poseAt(clip, player.position);
  const project = projection(player.camera, player.box, width, height);
  // The last tracked pose stays in sight while the body is lost, but faintly.
  const palette = pose.tracked ? player.palette : player.palette.faint;
  const brush = { context, palette, thick: Math.max(3, Math.min(width, height) / 55) };
  drawFloor(brush, project, player.box.floor);
  around({ ...brush, palette: player.palette }, project);
  const joints = pose.points.map((point) => point && project(point));
  drawShadow(brush, clip, pose.points.map((point) => point && project([point[0], player.box.floor, point[2]])));
  const trails = drawTrails({ ...brush, palette: player.palette }, player, clip, pose, joints, project);
  drawBones(brush, clip, joints);
  drawJoints(brush, clip, joints);
  drawRings(brush, player, clip, joints);
  if (player.names) drawNames(brush, clip, joints, width);
  clip.notice = noticeOf(player, clip, pose);
  drawNotice(brush, clip.notice, height);
  return { pose, joints, trails };
}

function noticeOf(player, clip, pose) {
  if (!pose.tracked) return "not tracked";
  if (frameOf(player) < clip.length) return "";
  return clip.height < SMALL_PICTURE ? "ended" : `ended at frame ${clip.length}`;
}

function drawFloor({ context, palette }, project, floor) {
  context.strokeStyle = palette.floor;
  context.lineWidth = 1;
  context.beginPath();
  for (let line = 0; line < GRID_LINES; line++) {
    const across = GRID_REACH * ((2 * line) / (GRID_LINES - 1) - 1);
    addLine(context, project([across, floor, -GRID_REACH]), project([across, floor, GRID_REACH]));
    addLine(context, project([-GRID_REACH, floor, across]), project([GRID_REACH, floor, across]));
  }
  context.stroke();
}

// The figure's shadow on the floor says how near a limb is, which perspective alone hardly does.
function drawShadow({ context, palette, thick }, clip, joints) {
  context.strokeStyle = palette.shadow;
  context.lineWidth = thick;
  context.beginPath(); // one path, so that crossing shadows do not add up
  for (const [from, to] of drawnBones(clip, joints)) addLine(context, joints[from], joints[to]);
  context.stroke();
}

// Returns, by name, the places of the chosen joints up to now.
function drawTrails(brush, player, clip, pose, joints, project) {
  const drawn = {};
  clip.joints.forEach((name, joint) => {
    if (!player.chosen.has(name)) return;
    const trail = trailOf(clip, joint, player, project);
    if (pose.between && joints[joint]) trail.push({ ...joints[joint], age: 0 });
    drawTrail(brush, trail, clip.jointSides[joint]);
    drawn[name] = trail.map((place) => (place.x === undefined ? null : [place.x, place.y]));
  });
  return drawn;
}

// Where a joint was in the last frames, oldest first, and how long ago: 0 now, 1 where the trail begins.
function trailOf(clip, joint, { position, rate }, project) {
  const now = Math.min(position, clip.length - 1), reach = TRAIL_SECONDS * rate;
  const trail = [];
  for (let frame = Math.max(0, Math.ceil(now - reach)); frame <= now; frame++) {
    const point = isTracked(clip, frame) ? pointOf(clip, joint, frame) : null;
    trail.push({ ...(point && project(point)), age: (now - frame) / reach });
  }
  return trail;
}

// A trail fades with age, in a few shades, each of them one path: that is smooth at its corners, and quick.
function drawTrail({ context, palette, thick }, trail, side) {
  context.save();
  context.strokeStyle = palette[side];
  context.lineWidth = thick * 0.7;
  context.lineCap = "butt";
  context.lineJoin = "round";
  for (let shade = 0; shade < TRAIL_SHADES; shade++) {
    context.globalAlpha = 0.85 * (1 - shade / TRAIL_SHADES);
    context.beginPath();
    trail.forEach((place, index) => {
      const last = trail[index - 1];
      if (shadeOf(place) !== shade || last?.x === undefined || place.x === undefined) return;
      if (shadeOf(last) !== shade || trail[index - 2]?.x === undefined) context.moveTo(last.x, last.y);
      context.lineTo(place.x, place.y);
    });
    context.stroke();
  }
  context.restore();
}

function shadeOf({ age }) {
  return Math.min(Math.floor(age * TRAIL_SHADES), TRAIL_SHADES - 1);
}

// Far bones first; the rim in the colour of the ground keeps crossing limbs apart.
function drawBones({ context, palette, thick }, clip, joints) {
  const bones = drawnBones(clip, joints).map(([from, to, side]) => ({
    from: joints[from], to: joints[to], side, depth: joints[from].depth + joints[to].depth,
  }));
  for (const { from, to, side } of bones.sort((a, b) => b.depth - a.depth)) {
    const width = (thick * (from.near + to.near)) / 2;
    for (const [colour, extra] of [[palette.ground, 3], [palette[side], 0]]) {
      context.strokeStyle = colour;
      context.lineWidth = width + extra;
      strokeLine(context, from, to);
    }
  }
}

function drawnBones(clip, joints) {
  return clip.bones
    .map(([from, to], index) => [from, to, clip.boneSides[index]])
    .filter(([from, to]) => joints[from] && joints[to]);
}

function drawJoints({ context, palette, thick }, clip, joints) {
  const order = joints.map((_, index) => index).filter((index) => joints[index]);
  for (const index of order.sort((a, b) => joints[b].depth - joints[a].depth)) {
    const radius = radiusOf(clip, index, joints, thick);
    // A disc on a larger one: a browser without a graphics card fills faster than it strokes.
    fillCircle(context, joints[index], radius + 0.75, palette.ground);
    fillCircle(context, joints[index], radius - 0.75, palette[clip.jointSides[index]]);
  }
}

function radiusOf(clip, index, joints, thick) {
  return thick * (clip.joints[index] === "head" ? 1.9 : 0.85) * joints[index].near;
}

// Chosen joints wear a ring; the one under the pointer says its name.
function drawRings(brush, { chosen, hovered }, clip, joints) {
  const { context, palette, thick } = brush;
  clip.joints.forEach((name, index) => {
    if (!chosen.has(name) || !joints[index]) return;
    circle(context, joints[index], radiusOf(clip, index, joints, thick) + 3);
    context.strokeStyle = palette.text;
    context.lineWidth = 1.5;
    context.stroke();
  });
  const joint = hovered?.clip === clip && joints[hovered.joint];
  if (!joint) return;
  setFont(context, palette, 14);
  context.textBaseline = "bottom";
  const align = joint.x < clip.width / 2 ? "left" : "right"; // towards the middle, where there is room
  writeText(context, palette, sayName(clip.joints[hovered.joint]), joint.x, joint.y - thick * 2, align);
}

// Names stand on the outer side of the figure; those that would overlap move down and keep a leader line.
function drawNames({ context, palette }, clip, joints, width) {
  const drawn = joints.map((joint, index) => ({ ...joint, name: sayName(clip.joints[index]) }))
    .filter((joint) => joint.x !== undefined);
  const middle = drawn.reduce((sum, joint) => sum + joint.x, 0) / drawn.length || width / 2;
  setFont(context, palette, 14);
  context.textBaseline = "middle";
  for (const direction of [-1, 1]) {
    const column = drawn.filter((joint) => joint.x >= middle === direction > 0).sort((a, b) => a.y - b.y);
    spread(column.map((joint) => joint.y), palette).forEach((y, index) => {
      const joint = column[index], x = joint.x + direction * 18;
      context.strokeStyle = palette.trunk;
      context.lineWidth = 1;
      strokeLine(context, joint, { x: x - direction * 3, y });
      writeText(context, palette, joint.name, x, y, direction > 0 ? "left" : "right");
    });
  }
}

// Heights of labels, from the top: each is moved down as far as the one above it needs.
function spread(heights, { scale }) {
  let lowest = -Infinity;
  return heights.map((height) => (lowest = Math.max(height, lowest + LABEL_HEIGHT * scale)));
}

function drawNotice({ context, palette }, text, height) {
  const small = height < SMALL_PICTURE;
  setFont(context, palette, small ? 14 : 20, 600);
  context.textBaseline = "bottom";
  writeText(context, palette, text, small ? 10 : 15, height - 10, "left"); // a corner that the figure seldom reaches
}
