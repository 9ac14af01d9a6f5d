// The skeleton player: one clip or several, drawn in step on 2D canvases, with no library and no WebGL.
//
// Space: a clip is moved and scaled into a box of half-size 1 that holds all of its tracked frames; x is right
// in the image, y is up, z points away from the camera, as the recordings have it. All clips share one scale.

const CAMERAS = {
  start: { yaw: 0.4, pitch: 0.2, zoom: 1 }, // a little aside and from above: depth and floor can be seen
  front: { yaw: 0, pitch: 0, zoom: 1 }, // as the recording camera saw the person
  side: { yaw: -Math.PI / 2, pitch: 0, zoom: 1 }, // a person who faced the camera looks to the right
  top: { yaw: 0, pitch: Math.PI / 2, zoom: 1 }, // a person who faced the camera looks down the screen
};
const DISTANCE = 6; // of the camera from the middle of the box; far enough to keep the figure's proportions
const MARGIN = 1.16; // free space around the box
const GRID_REACH = 1.2, GRID_LINES = 9;
const LONGEST_STEP = 0.5; // seconds; a tab that was hidden goes on instead of leaping ahead
const LABEL_HEIGHT = 16; // pixels

// Streamlit calls the default export again on each rerun and theme change; this is what lasts in between.
const players = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".player");
  let player = players.get(parentElement);
  if (player?.root !== root) {
    if (player) stop(player);
    player = mount(root);
    players.set(parentElement, player);
  }
  if (!sameBytes(player.bytes, data)) showClips(player, data);
  player.palette = readPalette(root); // the theme may have changed
  requestDraw(player);
  return () => {
    stop(player);
    players.delete(parentElement);
  };
}

// --- Life of a player -------------------------------------------------------------------------------------

function mount(root) {
  const part = (name) => root.querySelector(name);
  const player = {
    root,
    stage: part(".stage"), lanes: part(".lanes"), scrub: part(".scrub"), speedChoice: part(".speed"),
    frameNumber: part(".frame-number"), seconds: part(".seconds"),
    bytes: null, clips: [], length: 1, rate: 1, box: null, palette: null,
    position: 0, playing: false, speed: 1, loop: true, names: false,
    camera: { ...CAMERAS.start }, drag: null, request: 0, lastTime: null, drawn: null,
  };
  player.observer = new ResizeObserver(() => requestDraw(player));
  player.observer.observe(player.stage);
  connectButtons(player);
  connectStage(player);
  root.onkeydown = (event) => onKey(player, event);
  return player;
}

function stop(player) {
  cancelAnimationFrame(player.request);
  player.observer.disconnect();
}

function showClips(player, data) {
  const { clips, rate, height } = decode(data);
  Object.assign(player, { bytes: data, clips, rate, position: 0, lastTime: null });
  player.length = Math.max(...clips.map((clip) => clip.length));
  player.box = commonBox(clips);
  // Who asked the system for less motion starts the animation by hand.
  player.playing = player.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  player.root.style.setProperty("--height", `${height}px`);
  player.root.dataset.title = clips.map((clip) => clip.title).join(" | ");
  player.root.dataset.frames = player.length;
  player.scrub.max = player.length - 1;
  showLegend(player.root, clips);
  player.stage.replaceChildren(...clips.map(makeFigure));
  player.lanes.replaceChildren(...clips.map((clip) => makeLane(clip, player.length)));
}

function makeFigure(clip) {
  const figure = element("figure"), caption = element("figcaption"), canvas = element("canvas");
  caption.textContent = clip.title;
  canvas.setAttribute("role", "img");
  figure.append(caption, canvas);
  Object.assign(clip, { figure, canvas });
  return figure;
}

// The legend explains what can be seen: an unknown skeleton has no sides, a faultless clip no lost frames.
function showLegend(root, clips) {
  const sided = clips.some((clip) => clip.jointSides.some((side) => side !== "trunk"));
  const lost = clips.some((clip) => clip.lostRuns.length);
  for (const entry of root.querySelectorAll(".legend li")) {
    entry.hidden = entry.className === "untracked-key" ? !lost : !sided;
  }
}

function makeLane(clip, length) {
  const last = Math.max(length - 1, 1);
  const lane = element("div", "lane");
  lane.style.setProperty("--share", Math.max(clip.length - 1, 1) / last);
  lane.append(element("div", "played"));
  for (const [first, end] of clip.lostRuns) {
    const mark = element("div", "lost"), reach = Math.max(clip.length - 1, 1);
    // A frame's mark reaches half a frame to each side of the place where the playhead stands on it.
    mark.style.left = `${((first - 0.5) / reach) * 100}%`;
    mark.style.width = `${((end - first) / reach) * 100}%`;
    mark.dataset.frames = `${first}-${end - 1}`;
    lane.append(mark);
  }
  return lane;
}

function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}

// --- Data -------------------------------------------------------------------------------------------------

// Only a lone bytes value travels as raw bytes, so the description goes in front:
// uint32 length of the JSON text, the text, then float32 (frame, joint, xyz) of each clip; little-endian.
function decode(data) {
  const bytes = data.slice(); // a copy starts at offset 0, where 32-bit numbers are aligned
  const textLength = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + textLength)));
  const numbers = new Float32Array(bytes.buffer, 4 + textLength);
  let start = 0;
  const clips = header.clips.map((described) => {
    const end = start + described.length * described.joints.length * 3;
    const clip = { ...described, values: numbers.subarray(start, end) };
    start = end;
    return { ...clip, shown: lastTracked(clip), lostRuns: runs(clip.untracked) };
  });
  return { clips, rate: header.rate, height: header.height };
}

// For each frame the one whose pose is drawn: itself, or the last tracked before it (-1: none).
function lastTracked(clip) {
  const lost = new Set(clip.untracked);
  const shown = [];
  for (let frame = 0; frame < clip.length; frame++) shown.push(lost.has(frame) ? (shown[frame - 1] ?? -1) : frame);
  return shown;
}

// [3, 4, 5, 9] -> [[3, 6], [9, 10]]
function runs(frames) {
  const found = [];
  for (const frame of frames) {
    if (found.length && found.at(-1)[1] === frame) found.at(-1)[1]++;
    else found.push([frame, frame + 1]);
  }
  return found;
}

function sameBytes(known, given) {
  return known?.length === given.length && known.every((value, index) => value === given[index]);
}

// --- Space ------------------------------------------------------------------------------------------------

// Gives each clip its middle and floor, and returns the scale that all clips share.
function commonBox(clips) {
  const bounds = clips.map(trackedBounds);
  const extent = [0, 1, 2].map((axis) => Math.max(...bounds.map(({ low, high }) => high[axis] - low[axis])));
  const half = Math.max(...extent) / 2 || 1;
  clips.forEach((clip, index) => {
    const { low, high } = bounds[index];
    // Clips stand on one floor: y is counted from each clip's lowest point, x and z from its middle.
    clip.middle = [(low[0] + high[0]) / 2, low[1] + extent[1] / 2, (low[2] + high[2]) / 2];
  });
  return { half, width: Math.max(extent[0], extent[2], half) / 2 / half, floor: -extent[1] / 2 / half };
}

function trackedBounds({ values, joints, length, shown }) {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  const size = joints.length * 3;
  for (let frame = 0; frame < length; frame++) {
    if (shown[frame] !== frame) continue;
    for (let index = frame * size; index < (frame + 1) * size; index++) {
      if (!Number.isFinite(values[index])) continue;
      const axis = index % 3;
      low[axis] = Math.min(low[axis], values[index]);
      high[axis] = Math.max(high[axis], values[index]);
    }
  }
  return low.every(Number.isFinite) ? { low, high } : { low: [0, 0, 0], high: [0, 0, 0] };
}

// Returns a function from a point of the box to pixels: turn about the upright axis, tilt, then perspective.
function projection(camera, box, width, height) {
  const [cosYaw, sinYaw] = [Math.cos(camera.yaw), Math.sin(camera.yaw)];
  const [cosPitch, sinPitch] = [Math.cos(camera.pitch), Math.sin(camera.pitch)];
  const fit = (Math.min(width / box.width, height) / 2 / MARGIN) * camera.zoom;
  return ([x, y, z]) => {
    const right = x * cosYaw + z * sinYaw;
    const away = z * cosYaw - x * sinYaw;
    const up = y * cosPitch + away * sinPitch;
    const depth = away * cosPitch - y * sinPitch;
    const near = DISTANCE / (DISTANCE + depth);
    return { x: width / 2 + right * fit * near, y: height / 2 - up * fit * near, depth, near };
  };
}

// The joints of a frame as points of the box; null for a joint without coordinates.
function posePoints(clip, half, frame) {
  return clip.joints.map((_, joint) => {
    const start = (frame * clip.joints.length + joint) * 3;
    const point = clip.middle.map((middle, axis) => (clip.values[start + axis] - middle) / half);
    return point.every(Number.isFinite) ? point : null;
  });
}

// --- Drawing ----------------------------------------------------------------------------------------------

function requestDraw(player) {
  player.drawn = null;
  schedule(player);
}

function schedule(player) {
  cancelAnimationFrame(player.request);
  player.request = requestAnimationFrame((time) => tick(player, time));
}

function tick(player, time) {
  if (player.playing) advance(player, player.lastTime === null ? 0 : (time - player.lastTime) / 1000);
  player.lastTime = player.playing ? time : null;
  const frame = Math.floor(player.position);
  // The screen refreshes more often than the recording changes: the same picture is not drawn twice.
  if (frame !== player.drawn || !player.playing) draw(player, frame);
  if (player.playing) schedule(player);
}

function advance(player, seconds) {
  player.position += Math.min(seconds, LONGEST_STEP) * player.rate * player.speed;
  if (player.position < player.length) return;
  player.position = player.loop ? player.position % player.length : player.length - 1;
  player.playing = player.loop;
}

function draw(player, frame) {
  player.drawn = frame;
  player.root.drawnJoints = player.clips.map((clip) => drawClip(player, clip, frame)); // for tests: [clip][joint]
  showState(player, frame);
}

function drawClip(player, clip, frame) {
  const { context, width, height } = prepareCanvas(clip.canvas);
  const ownFrame = Math.min(frame, clip.length - 1); // a shorter clip holds its last frame
  const shown = clip.shown[ownFrame], tracked = shown === ownFrame;
  const project = projection(player.camera, player.box, width, height);
  // The last tracked pose stays in sight while the body is lost, but faintly.
  const palette = tracked ? player.palette : player.palette.faint;
  const brush = { context, palette, thick: Math.max(3, Math.min(width, height) / 55) };
  drawFloor(brush, project, player.box.floor);
  const points = shown < 0 ? [] : posePoints(clip, player.box.half, shown);
  const joints = points.map((point) => point && project(point));
  drawShadow(brush, clip, points.map((point) => point && project([point[0], player.box.floor, point[2]])));
  drawBones(brush, clip, joints);
  drawJoints(brush, clip, joints);
  if (player.names) drawNames(brush, clip, joints, width);
  const notice = !tracked ? "not tracked" : frame >= clip.length ? `ended at frame ${clip.length}` : "";
  drawNotice(brush, notice, height);
  clip.canvas.setAttribute("aria-label", `Skeleton: ${clip.title}${notice && `, ${notice}`}`);
  clip.figure.dataset.untracked = !tracked;
  clip.figure.dataset.drawn = tracked ? joints.filter(Boolean).length : 0;
  return joints.map((joint) => joint && [joint.x, joint.y]);
}

// Canvas pixels are device pixels, so that lines stay sharp; everything is drawn in CSS pixels.
function prepareCanvas(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  const deviceWidth = Math.round(width * ratio), deviceHeight = Math.round(height * ratio);
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  return { context, width, height };
}

function drawFloor({ context, palette }, project, floor) {
  context.strokeStyle = palette.floor;
  context.lineWidth = 1;
  for (let line = 0; line < GRID_LINES; line++) {
    const across = GRID_REACH * ((2 * line) / (GRID_LINES - 1) - 1);
    strokeLine(context, project([across, floor, -GRID_REACH]), project([across, floor, GRID_REACH]));
    strokeLine(context, project([-GRID_REACH, floor, across]), project([GRID_REACH, floor, across]));
  }
}

// The figure's shadow on the floor says how near a limb is, which perspective alone hardly does.
function drawShadow({ context, palette, thick }, clip, joints) {
  context.strokeStyle = palette.shadow;
  context.lineWidth = thick;
  context.beginPath(); // one path, so that crossing shadows do not add up
  for (const [from, to] of drawnBones(clip, joints)) {
    context.moveTo(joints[from].x, joints[from].y);
    context.lineTo(joints[to].x, joints[to].y);
  }
  context.stroke();
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
    const size = clip.joints[index] === "head" ? 1.9 : 0.85;
    context.beginPath();
    context.arc(joints[index].x, joints[index].y, thick * size * joints[index].near, 0, 2 * Math.PI);
    context.fillStyle = palette[clip.jointSides[index]];
    context.strokeStyle = palette.ground;
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
  }
}

// Names stand on the outer side of the figure; those that would overlap move down and keep a leader line.
function drawNames({ context, palette }, clip, joints, width) {
  const drawn = joints.map((joint, index) => ({ ...joint, name: clip.joints[index].replaceAll("_", " ") }))
    .filter((joint) => joint.x !== undefined);
  const middle = drawn.reduce((sum, joint) => sum + joint.x, 0) / drawn.length || width / 2;
  context.font = `14px ${palette.font}`;
  context.textBaseline = "middle";
  for (const direction of [-1, 1]) {
    let lowest = -Infinity;
    const column = drawn.filter((joint) => joint.x >= middle === direction > 0).sort((a, b) => a.y - b.y);
    for (const joint of column) {
      const x = joint.x + direction * 18, y = Math.max(joint.y, lowest + LABEL_HEIGHT);
      lowest = y;
      context.strokeStyle = palette.trunk;
      context.lineWidth = 1;
      strokeLine(context, joint, { x: x - direction * 3, y });
      writeText(context, palette, joint.name, x, y, direction > 0 ? "left" : "right");
    }
  }
}

function drawNotice({ context, palette }, text, height) {
  context.font = `600 20px ${palette.font}`;
  context.textBaseline = "bottom";
  writeText(context, palette, text, 15, height - 10, "left"); // a corner that the figure seldom reaches
}

function writeText(context, palette, text, x, y, align) {
  context.textAlign = align;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = palette.ground; // legible over limbs
  context.strokeText(text, x, y);
  context.fillStyle = palette.text;
  context.fillText(text, x, y);
}

function strokeLine(context, from, to) {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

// A canvas knows no CSS variables, so the colours are read off elements that use them.
function readPalette(root) {
  const backgroundOf = (selector) => getComputedStyle(root.querySelector(selector)).backgroundColor;
  const { color: text, fontFamily: font } = getComputedStyle(root);
  const ground = backgroundOf(".stage");
  const mix = (colour, percent) => `color-mix(in srgb, ${colour} ${percent}%, ${ground})`;
  const limbs = (percent) => Object.fromEntries(
    ["left", "right", "trunk"].map((side) => [side, mix(backgroundOf(`.swatch.${side}`), percent)]));
  const rest = { ground, text, font, floor: mix(text, 15), shadow: mix(text, 11) };
  return { ...rest, ...limbs(100), faint: { ...rest, ...limbs(30) } };
}

// --- What the page shows beside the canvas ----------------------------------------------------------------

function showState(player, frame) {
  const { root, scrub, camera, clips } = player;
  const last = Math.max(player.length - 1, 1);
  const counted = `frame ${frame + 1} of ${player.length}`;
  root.style.setProperty("--position", frame / last);
  scrub.value = frame;
  scrub.setAttribute("aria-valuetext", counted);
  player.frameNumber.textContent = counted;
  player.seconds.textContent = `${(frame / player.rate).toFixed(2)} s`;
  const [play, loop, names] = ["play", "loop", "names"].map((name) => root.querySelector(`[data-action=${name}]`));
  play.setAttribute("aria-label", player.playing ? "Pause" : "Play");
  play.title = `${player.playing ? "Pause" : "Play"} (space)`;
  loop.setAttribute("aria-pressed", player.loop);
  names.setAttribute("aria-pressed", player.names);
  Object.assign(root.dataset, {
    frame, playing: player.playing,
    yaw: camera.yaw.toFixed(4), pitch: camera.pitch.toFixed(4), zoom: camera.zoom.toFixed(4),
    drawn: clips.reduce((sum, clip) => sum + Number(clip.figure.dataset.drawn), 0),
    untracked: clips.some((clip) => clip.figure.dataset.untracked === "true"),
  });
}

// --- What the user does -----------------------------------------------------------------------------------

// Handlers are assigned, never added, so that a second call can't stack them.
function connectButtons(player) {
  const actions = {
    play: () => togglePlay(player),
    back: () => goTo(player, Math.floor(player.position) - 1),
    forward: () => goTo(player, Math.floor(player.position) + 1),
    loop: () => { player.loop = !player.loop; },
    names: () => { player.names = !player.names; },
  };
  const onClick = (button, act) => { button.onclick = () => { act(); requestDraw(player); }; };
  for (const button of player.root.querySelectorAll("[data-action]")) onClick(button, actions[button.dataset.action]);
  for (const button of player.root.querySelectorAll("[data-view]")) {
    onClick(button, () => Object.assign(player.camera, CAMERAS[button.dataset.view]));
  }
  player.scrub.oninput = () => goTo(player, Number(player.scrub.value));
  player.speedChoice.onchange = () => { player.speed = Number(player.speedChoice.value); };
}

function togglePlay(player) {
  const ended = !player.loop && player.position >= player.length - 1;
  if (!player.playing && ended) player.position = 0;
  player.playing = !player.playing && player.length > 1;
  requestDraw(player);
}

// Going to a frame means looking at it, so it also pauses. Past an end, a loop goes on at the other one.
function goTo(player, frame) {
  const last = player.length - 1;
  const around = (frame + player.length) % player.length;
  player.position = player.loop ? around : Math.max(0, Math.min(last, frame));
  player.playing = false;
  requestDraw(player);
}

function turn(player, yaw, pitch) {
  const { camera } = player;
  camera.yaw += yaw;
  camera.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, camera.pitch + pitch));
  requestDraw(player);
}

function zoom(player, factor) {
  player.camera.zoom = Math.max(0.4, Math.min(6, player.camera.zoom * factor));
  requestDraw(player);
}

function connectStage(player) {
  const { stage } = player;
  stage.onpointerdown = (event) => {
    if (event.button !== 0) return;
    player.drag = { x: event.clientX, y: event.clientY };
    stage.setPointerCapture(event.pointerId);
  };
  stage.onpointermove = (event) => {
    if (!player.drag) return;
    turn(player, (player.drag.x - event.clientX) * 0.01, (event.clientY - player.drag.y) * 0.01);
    player.drag = { x: event.clientX, y: event.clientY };
  };
  stage.onpointerup = stage.onpointercancel = () => { player.drag = null; };
  stage.onwheel = (event) => {
    if (!stage.matches(":focus")) return; // the page scrolls over a player that nobody has clicked on
    event.preventDefault();
    zoom(player, Math.exp(-event.deltaY * 0.0015));
  };
}

function onKey(player, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { tagName } = event.target;
  // The slider and the list move by the same keys on their own, and a button is pressed with space.
  if (tagName === "INPUT" || tagName === "SELECT" || (tagName === "BUTTON" && event.key === " ")) return;
  const step = Math.floor(player.position);
  const keys = {
    " ": () => togglePlay(player),
    ArrowLeft: () => goTo(player, step - 1), ArrowRight: () => goTo(player, step + 1),
    Home: () => goTo(player, 0), End: () => goTo(player, player.length - 1),
    "+": () => zoom(player, 1.15), "=": () => zoom(player, 1.15), "-": () => zoom(player, 1 / 1.15),
  };
  const turns = {
    ArrowLeft: () => turn(player, 0.1, 0), ArrowRight: () => turn(player, -0.1, 0),
    ArrowUp: () => turn(player, 0, -0.1), ArrowDown: () => turn(player, 0, 0.1),
  };
  const act = (event.shiftKey && turns[event.key]) || keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
