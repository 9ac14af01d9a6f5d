// --- What stands where: beside the skeleton, over it, or on the whole screen -------------------------------------

const WIDE = 45; // times the size of a letter; from here on, lines and plane stand beside the skeleton
const HIGH = 440; // pixels of a player that is narrow, but has room for lines below the row
const LOWEST_MENU = 160; // pixels

function arrange(player) {
  const { root, beside, tracks, planes, panel } = player;
  const letters = root.clientWidth / parseFloat(getComputedStyle(root).fontSize);
  player.wide = letters >= WIDE && !root.classList.contains("small");
  root.classList.toggle("wide", player.wide);
  if (positionsShown(player) && panel.hidden) chooseForPositions(player);
  panel.hidden = !positionsShown(player);
  for (const section of [tracks, planes]) section.hidden = !section.children.length || !linesShown(player);
  beside.hidden = [tracks, planes, panel].every((section) => section.hidden);
}

function hasLines({ tracks, planes }) {
  return tracks.children.length + planes.children.length > 0;
}

// Until somebody chooses: where there is room, which a plane takes below the given height.
function linesShown({ lines, wide, height, planes }) {
  return lines ?? (wide || height >= HIGH || planes.children.length > 0);
}

function positionsShown({ positions, opened, wide }) {
  return positions ?? (opened && wide);
}

function toggleLines(player) {
  player.lines = !linesShown(player);
  arrange(player);
  requestPlots(player);
}

// When a player was last called. A player that is made anew, on the way back to its page, was called before that.
let lastCall = 0;

// Who sees skeletons and controls already is left where they are.
function comeIntoView({ root, stage, dock }, called) {
  if (called <= lastCall) return;
  lastCall = called;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  requestAnimationFrame(() => {
    const top = stage.getBoundingClientRect().top, { bottom } = dock.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) root.scrollIntoView({ block: "nearest", behavior });
  });
}

function toggleFullScreen({ root }) {
  if (root.matches(":fullscreen")) document.exitFullscreen();
  else if (document.fullscreenEnabled) root.requestFullscreen();
}

// --- The menu of what is not always needed ------------------------------------------------------------------------

function connectMenu(player) {
  const { menu, more } = player;
  more.onpointerdown = (event) => event.preventDefault(); // the focus stays, so that a click closes what is open
  // Whoever goes elsewhere, with the mouse or the keyboard, closes it; a window that lost the focus doesn't.
  menu.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (!menu.hidden && document.hasFocus() && next !== more && !menu.contains(next)) showMenu(player, false);
  });
}

function toggleMenu(player) {
  const { root, menu, more, dock } = player, open = menu.hidden;
  const room = dock.getBoundingClientRect().top - root.getBoundingClientRect().top;
  menu.style.setProperty("--room", `${Math.max(room, LOWEST_MENU)}px`);
  showMenu(player, open);
  (open ? menu : more).focus();
}

function showMenu(player, open) {
  player.menu.hidden = !open;
  requestDraw(player);
}
