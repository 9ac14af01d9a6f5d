// The skeleton player: up to twelve clips, drawn in step on 2D canvases, with no library and no WebGL.
//
// Space: a clip is moved and scaled into a box of half-size 1 that holds all of its tracked frames; x is right
// in the image, y is up, z points away from the camera, as the recordings have it. All clips share one scale.
//
// Time: a position counts recorded frames. While playing it lies between two of them, and so does the pose that
// is drawn; whoever pauses or steps sees a frame as it was recorded.

const TITLE_DOT = " · "; // what stands before the first one names the clip
const LONGEST_STEP = 0.5; // seconds; a tab that was hidden goes on instead of leaping ahead

export default function skeletonPlayer({ data, parentElement }) {
  const player = mountOnce(parentElement, ".player", mount, stop);
  if (!sameBytes(player.bytes, data)) showClips(player, data);
  takeLooks(player); // the theme may have changed
  return player.end;
}

// --- Life of a player -------------------------------------------------------------------------------------

function mount(root) {
  const part = (name) => root.querySelector(name);
  const player = {
    root,
    stage: part(".stage"), lanes: part(".lanes"), scrub: part(".scrub"), speedChoice: part(".speed"),
    frameNumber: part(".frame-number"), seconds: part(".seconds"), live: part(".live"), caption: part(".caption"),
    menu: part(".menu"), more: part(".more"), dock: part(".dock"),
    joints: part(".joints"), panel: part(".positions"), plots: part(".positions .plots"), axisChoice: part(".axis"),
    beside: part(".beside"), tracks: part(".tracks"), planes: part(".planes"),
    bytes: null, clips: [], plane: null, length: 1, rate: 1, height: 0, box: null, palette: null,
    position: 0, playing: false, speed: 1, loop: true, names: false, lines: null, positions: null, opened: false, wide: false, heard: null,
    played: [], chosen: new Set(), axis: 1, hovered: null,
    camera: { ...CAMERAS.start }, pointers: new Map(), press: null,
    seen: new Set(), request: 0, lastTime: null, stale: true, plotsStale: true,
  };
  player.sizes = new ResizeObserver(() => {
    arrange(player);
    requestPlots(player);
  });
  for (const part of [root, player.stage, player.plots, player.tracks, player.planes]) player.sizes.observe(part);
  // What is out of sight is neither drawn nor counted on; a hidden tab is given no animation frames at all.
  player.sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) player.seen[isIntersecting ? "add" : "delete"](target);
    requestDraw(player);
  });
  connectControls(player);
  connectStage(player);
  connectMenu(player);
  root.onfullscreenchange = () => takeLooks(player);
  root.onkeydown = (event) => onKey(player, event);
  return player;
}

function stop(player) {
  cancelAnimationFrame(player.request);
  player.sizes.disconnect();
  player.sight.disconnect();
}

function showClips(player, data) {
  const { clips, plane, rate, height, grows, small, large, caption, opened, called } = decode(data);
  Object.assign(player, { bytes: data, clips, plane, rate, height, opened, position: 0, lastTime: null, hovered: null });
  player.length = Math.max(...clips.map((clip) => clip.length));
  player.box = commonBox(clips);
  // Who asked the system for less motion starts the animation by hand.
  player.playing = player.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  player.root.style.setProperty("--given", `${height}px`);
  player.root.classList.toggle("grows", grows);
  player.root.classList.toggle("small", small);
  player.root.classList.toggle("large", large);
  player.root.dataset.title = clips.map((clip) => clip.title).join(" | ");
  player.root.setAttribute("aria-label", `Skeleton player: ${clips.map((clip) => clip.title).join(" and ")}`);
  player.caption.textContent = caption;
  player.caption.hidden = !caption;
  player.root.dataset.frames = player.length;
  player.scrub.max = player.length - 1;
  showLegend(player);
  const drawn = { drawnJoints: [], drawnTrails: [], plottedLines: [], trackedLines: [], drawnPaths: [] };
  Object.assign(player.root, drawn); // for tests
  showFigures(player, small);
  showChooser(player);
  arrange(player);
  hearClips(player);
  watch(player);
  comeIntoView(player, called);
}

function showFigures(player, small) {
  const { clips, length } = player;
  player.stage.replaceChildren(...clips.map(makeFigure));
  player.plots.replaceChildren(...clips.map((clip) => makePlot(player, clip)));
  const tracked = clips.filter(({ track }) => track?.lines.length);
  const pathed = clips.filter(({ track }) => track?.path && player.plane);
  player.tracks.replaceChildren(...tracked.map((clip) => makeTrack(player, clip)));
  player.planes.replaceChildren(...pathed.map((clip) => makePlane(player, clip)));
  // Twelve lanes on top of each other say little: in a grid each figure has its own, above one that counts.
  const lanes = clips.map((clip) => makeLane(clip, length));
  if (small) lanes.forEach((lane, index) => clips[index].figure.append(lane));
  player.lanes.replaceChildren(...(small ? [makeLane({ length, lostRuns: [] }, length)] : lanes));
  player.played = player.root.querySelectorAll(".played");
}

function watch(player) {
  player.sight.disconnect();
  player.seen.clear();
  const shown = [...player.clips, ...player.clips.flatMap(chartsOf), ...planesOf(player.clips)];
  for (const { canvas } of shown) player.sight.observe(canvas);
}

function makeFigure(clip) {
  const figure = element("figure"), caption = element("figcaption");
  const picture = element("div", "picture"), canvas = element("canvas");
  caption.append(...titleParts(clip.title));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Skeleton: ${clip.title}`);
  picture.append(canvas);
  figure.append(caption, picture);
  Object.assign(clip, { figure, canvas });
  return figure;
}

// The rest of a title tells of the clip, on a line of its own where it is narrow.
function nameOf({ title }) {
  return title.split(TITLE_DOT)[0];
}

function titleParts(title) {
  const [name, ...rest] = title.split(TITLE_DOT);
  if (!rest.length) return [name];
  const dot = element("span", "dot"), about = element("span", "about");
  dot.textContent = TITLE_DOT;
  about.textContent = rest.join(TITLE_DOT);
  return [name, dot, about];
}

// The legend explains what can be seen: an unknown skeleton has no sides, a faultless clip no lost frames.
function showLegend(player) {
  const { root, clips } = player;
  const sided = clips.some((clip) => clip.jointSides.some((side) => side !== "trunk"));
  const lost = clips.some((clip) => clip.lostRuns.length);
  for (const entry of root.querySelectorAll(".legend li")) {
    entry.hidden = entry.className === "untracked-key" ? !lost : !sided;
  }
  player.sidesOfLeft = new Set(sided ? clips.map(sideOfLeft) : []);
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

// --- Time -------------------------------------------------------------------------------------------------

// Draws anew what is in sight, and says beside it what has changed.
function requestDraw(player) {
  player.stale = true;
  schedule(player);
}

function requestPlots(player) {
  player.plotsStale = true;
  requestDraw(player);
}

function schedule(player) {
  cancelAnimationFrame(player.request);
  player.request = requestAnimationFrame((time) => tick(player, time));
}

function tick(player, time) {
  const before = frameOf(player);
  const moving = player.playing && player.seen.size > 0;
  if (moving) advance(player, player.lastTime === null ? 0 : (time - player.lastTime) / 1000);
  player.lastTime = moving ? time : null;
  draw(player);
  if (player.stale || frameOf(player) !== before) showState(player);
  player.stale = false;
  if (moving && player.playing) schedule(player);
}

function frameOf(player) {
  return Math.floor(player.position);
}

function advance(player, seconds) {
  player.position += Math.min(seconds, LONGEST_STEP) * player.rate * player.speed;
  if (player.position < player.length) return;
  player.position = player.loop ? player.position % player.length : player.length - 1;
  player.playing = player.loop;
  player.stale = true;
}
