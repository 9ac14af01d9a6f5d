// --- What the user does -----------------------------------------------------------------------------------

const CLICK_REACH = 4; // pixels; a pointer that moved further has turned the figure and clicked on nothing
const JOINT_REACH = 14; // pixels around a joint that count as the joint

// Handlers are assigned, never added, so that a second call can't stack them.
function connectControls(player) {
  const actions = {
    play: () => togglePlay(player),
    back: () => goTo(player, frameOf(player) - 1),
    forward: () => goTo(player, frameOf(player) + 1),
    loop: () => { player.loop = !player.loop; },
    names: () => { player.names = !player.names; },
    lines: () => toggleLines(player),
    positions: () => togglePositions(player),
    fill: () => toggleFullScreen(player),
    menu: () => toggleMenu(player),
  };
  const connect = (attribute, act) => {
    for (const button of player.root.querySelectorAll(`[data-${attribute}]`)) {
      button.onclick = () => { act(button.dataset[attribute]); requestDraw(player); };
    }
  };
  connect("action", (name) => actions[name]());
  connect("view", (name) => Object.assign(player.camera, CAMERAS[name]));
  connect("save", (kind) => saveStill(player, kind));
  connect("quick", (name) => choose(player, quickChoice(player, name)));
  player.scrub.oninput = () => goTo(player, Number(player.scrub.value));
  player.speedChoice.onchange = () => { player.speed = Number(player.speedChoice.value); };
  player.axisChoice.onchange = () => {
    player.axis = Number(player.axisChoice.value);
    requestPlots(player);
  };
}

function togglePlay(player) {
  const ended = !player.loop && player.position >= player.length - 1;
  if (!player.playing && ended) player.position = 0;
  player.playing = !player.playing && player.length > 1;
  player.position = frameOf(player); // a still picture is one that was recorded
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

// One pointer turns the figure, or chooses a joint where it only clicks; two pointers zoom.
function connectStage(player) {
  const { stage, pointers } = player;
  stage.onpointerdown = (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    player.press = pointers.size > 1 ? null : { x: event.clientX, y: event.clientY, hit: jointAt(player, event) };
    stage.setPointerCapture(event.pointerId);
  };
  stage.onpointermove = (event) => {
    if (pointers.has(event.pointerId)) movePointer(player, event);
    else hover(player, jointAt(player, event));
  };
  stage.onpointerup = (event) => {
    if (pointers.delete(event.pointerId) && player.press?.hit) toggleJoint(player, player.press.hit.name);
    player.press = null;
  };
  stage.onpointercancel = (event) => {
    pointers.delete(event.pointerId);
    player.press = null;
  };
  stage.onpointerleave = () => hover(player, null);
  stage.ontouchstart = (event) => { if (event.touches.length > 1) event.preventDefault(); }; // the page keeps its zoom
  stage.onwheel = (event) => {
    if (!stage.matches(":focus")) return; // the page scrolls over a player that nobody has clicked on
    event.preventDefault();
    zoom(player, Math.exp(-event.deltaY * 0.0015));
  };
}

function movePointer(player, { pointerId, clientX: x, clientY: y }) {
  const { pointers, press } = player;
  const before = pointers.get(pointerId);
  if (press && Math.hypot(x - press.x, y - press.y) > CLICK_REACH) press.hit = null;
  if (pointers.size === 1) turn(player, (before.x - x) * 0.01, (y - before.y) * 0.01);
  const apart = pointers.size === 2 && fingersApart(pointers);
  pointers.set(pointerId, { x, y });
  if (apart) zoom(player, fingersApart(pointers) / apart);
}

function fingersApart(pointers) {
  const [first, second] = pointers.values();
  return Math.hypot(first.x - second.x, first.y - second.y);
}

// The joint that the pointer is on, if any: the nearest one on the canvas that the event came from.
function jointAt({ clips, root }, event) {
  const index = clips.findIndex((clip) => clip.canvas === event.target);
  const distances = (root.drawnJoints[index] ?? [])
    .map((place) => (place ? Math.hypot(place[0] - event.offsetX, place[1] - event.offsetY) : Infinity));
  const joint = distances.indexOf(Math.min(JOINT_REACH, ...distances));
  return joint < 0 ? null : { clip: clips[index], joint, name: clips[index].joints[joint] };
}

function hover(player, hit) {
  if (player.hovered?.clip === hit?.clip && player.hovered?.joint === hit?.joint) return;
  player.hovered = hit;
  player.stage.classList.toggle("on-joint", hit !== null);
  requestDraw(player);
}

function onKey(player, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { tagName } = event.target;
  // Lists, boxes and the slider take these keys themselves, and what can be pressed is pressed with space.
  const taken = ["INPUT", "SELECT"].includes(tagName) || (["BUTTON", "SUMMARY"].includes(tagName) && event.key === " ");
  if (taken && event.key !== "Escape") return;
  const step = frameOf(player);
  const keys = {
    " ": () => togglePlay(player),
    ArrowLeft: () => goTo(player, step - 1), ArrowRight: () => goTo(player, step + 1),
    Home: () => goTo(player, 0), End: () => goTo(player, player.length - 1),
    f: () => toggleFullScreen(player), F: () => toggleFullScreen(player),
    Escape: player.menu.hidden ? null : () => toggleMenu(player),
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
