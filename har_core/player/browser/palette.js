// --- Colours and letters of the canvases, which know no CSS variables: they are read off elements that use them ----

function takeLooks(player) {
  player.palette = readPalette(player.root);
  player.root.dataset.letter = 14 * player.palette.scale; // for tests: the smallest on a canvas
  arrange(player);
  requestPlots(player);
}

function readPalette(root) {
  const backgroundOf = (selector) => getComputedStyle(root.querySelector(selector)).backgroundColor;
  const { color, fontFamily: font, fontSize } = getComputedStyle(root);
  const text = plainColour(color);
  const [ground, accent] = [".stage", "button.main"].map((selector) => plainColour(backgroundOf(selector)));
  const mix = (colour, percent) => plainColour(`color-mix(in srgb, ${colour} ${percent}%, ${ground})`);
  const limbs = (percent) => Object.fromEntries(
    ["left", "right", "trunk"].map((side) => [side, mix(backgroundOf(`.swatch.${side}`), percent)]));
  const scale = parseFloat(fontSize) / 16; // more than 1 where letters are larger, as in full screen
  const mixed = { floor: mix(text, 15), shadow: mix(text, 11), point: mix(text, 35), trail: mix(accent, 35) };
  const rest = { ground, text, font, scale, accent, ...mixed };
  return { ...rest, ...limbs(100), faint: { ...rest, ...limbs(30) } };
}

// Mixed by the browser to #rrggbb, which programs that open a saved picture understand, too.
const onePixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
  .getContext("2d", { willReadFrequently: true });

function plainColour(colour) {
  onePixel.fillStyle = colour;
  onePixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = onePixel.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function setFont(context, { font, scale }, size, weight = 400) {
  context.font = `${weight} ${size * scale}px ${font}`;
}
