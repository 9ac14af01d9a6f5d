// --- A still: the frame that is shown, with axes, scale and what it is of, as a file ---------------------------------

const FINENESS = 2; // pixels of a PNG for each of the layout
const EDGE = 16, STILL_LINE = 20; // pixels
const AXES_SAID = "x points to the right, y up, z away from the camera";
const SPARE = 0.82; // of a line is filled: whoever opens a picture may have only a wider font
const ROOM_FOR_AXES = 0.72; // the figure is drawn so much smaller, so that numbers stand around it

function saveStill(player, kind) {
  const still = layStill(player), about = [player.caption.textContent, ...player.clips.map(({ title }) => title)];
  const name = nameOfStill(player);
  if (kind === "svg") {
    const context = new SvgContext(still.width, still.height);
    paintStill(context, still);
    const text = context.toString(about.filter(Boolean).join(" | "));
    saveFile(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
    return;
  }
  const canvas = element("canvas"), context = canvas.getContext("2d");
  Object.assign(canvas, { width: FINENESS * still.width, height: FINENESS * still.height });
  context.scale(FINENESS, FINENESS);
  paintStill(context, still);
  canvas.toBlob((blob) => saveFile(blob, `${name}.png`));
}

function nameOfStill(player) {
  const [first, second, ...rest] = player.clips.map(nameOf);
  const which = [first, ...(rest.length ? [`${rest.length + 1}-more`] : second ? [second] : [])].join("-and-");
  return `${which}-frame-${frameOf(player) + 1}`.replace(/[^\w.-]+/g, "-");
}

function saveFile(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The camera, the chosen joints and the theme are those of the screen; sizes are those of a page.
function layStill(player) {
  const { clips, caption, camera } = player;
  const columns = Math.min(clips.length, 4), size = clips.length === 1 ? 640 : clips.length === 2 ? 480 : 400;
  const width = columns * size, rows = Math.ceil(clips.length / columns);
  const palette = { ...player.palette, scale: 1, faint: { ...player.palette.faint, scale: 1 } };
  const shown = { ...player, palette, hovered: null, camera: { ...camera, zoom: camera.zoom * ROOM_FOR_AXES } };
  const lines = (text, weight, room) => wrapped(text, palette, weight, room);
  const heading = lines(caption.textContent, 600, width);
  const below = footOf(player).flatMap((line) => lines(line, 400, width));
  const titles = clips.map(({ title }) => lines(title, 600, size));
  const titled = Math.max(...titles.map(({ length }) => length)) * STILL_LINE + 8;
  const top = heading.length ? EDGE + heading.length * STILL_LINE : 4, bottom = top + rows * (size + titled) + 8;
  const height = bottom + (below.length + 1.5) * STILL_LINE + EDGE;
  return { shown, columns, size, width, height, heading, titles, titled, below, top, bottom };
}

// What the colours mean, which frame it is, and what the numbers of the axes count.
function footOf(player) {
  const units = [...new Set(player.clips.map(({ unit }) => UNITS[unit] ?? unit))].join(" and ");
  const frame = sayFrame(player, frameOf(player));
  const stands = `${frame[0].toUpperCase()}${frame.slice(1)}. ${AXES_SAID}, in ${units}.`;
  return [player.root.querySelector(".whose").textContent, stands];
}

function paintStill(context, still) {
  const { shown, columns, size, width, height, heading, titles, titled, below, top, bottom } = still;
  const { palette, clips } = shown;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  writeLines(context, palette, heading, 600, EDGE, EDGE);
  clips.forEach((clip, index) => {
    const x = (index % columns) * size, y = top + Math.floor(index / columns) * (size + titled);
    writeLines(context, palette, titles[index], 600, x + EDGE, y + 6);
    inPanel(context, x, y + titled, size, size, (part) => paintFigure(part, shown, clip, size));
  });
  paintKeys(context, palette, clips, bottom + STILL_LINE / 2);
  writeLines(context, palette, below, 400, EDGE, bottom + 1.4 * STILL_LINE);
}

function paintFigure(context, shown, clip, size) {
  context.lineCap = "round";
  drawFigure(context, shown, clip, { width: size, height: size }, (brush, project) => drawSpace(brush, project, clip));
}

function paintKeys(context, palette, clips, y) {
  if (clips.every(({ jointSides }) => jointSides.every((side) => side === "trunk"))) return;
  let x = EDGE;
  setFont(context, palette, 14);
  context.textBaseline = "middle";
  for (const [side, said] of [["left", "left"], ["right", "right"], ["trunk", "trunk and head"]]) {
    Object.assign(context, { strokeStyle: palette[side], lineWidth: 7, lineCap: "round" });
    strokeLine(context, { x: x + 3, y }, { x: x + 17, y });
    writeText(context, palette, said, x + 26, y, "left");
    x += 26 + context.measureText(said).width + 20;
  }
}

function inPanel(context, x, y, width, height, paint) {
  if (context.panel) return context.panel(x, y, width, height, paint);
  context.save();
  context.translate(x, y);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  paint(context);
  context.restore();
}

function writeLines(context, palette, lines, weight, x, y) {
  setFont(context, palette, 15, weight);
  context.textBaseline = "top";
  lines.forEach((line, index) => writeText(context, palette, line, x, y + index * STILL_LINE, "left"));
}

// Broken between words where a line would leave its picture.
function wrapped(text, palette, weight, width) {
  setFont(onePixel, palette, 15, weight);
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && onePixel.measureText(longer).width <= SPARE * (width - 2 * EDGE)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
