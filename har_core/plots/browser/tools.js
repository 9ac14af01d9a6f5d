// --- Tools of a figure: saved as a picture, full screen ----------------------------------------------------------
//
// A picture is what stands in the page, whoever drew it: its texts, grounds, drawings and canvases are written down
// as SVG, below lines that say what it is. PNG is that, drawn at twice the size.

const MARGIN = 16, CAPTION_LINE = 20, LETTER = 7, PIXELS = 2;
const TAKEN_OVER = ["fill", "stroke", "color", "font-family", "font-size", "font-weight"];
const OF_THEME = /light-dark|currentcolor|var\(|inherit/i;

// The figure is an element or a function that finds it; a caption holds title, about and file.
function connectTools(tools, figure, caption) {
  const found = () => (typeof figure === "function" ? figure() : figure);
  for (const button of tools.querySelectorAll("[data-save]")) {
    button.onclick = () => savePicture(found(), caption(), button.dataset.save);
  }
  const full = tools.querySelector("[data-full-screen]");
  if (!full) return;
  full.hidden = !document.fullscreenEnabled;
  full.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : found().requestFullscreen());
}

async function savePicture(figure, caption, kind) {
  const picture = pictureOf(figure, caption);
  const drawing = new Blob([picture.text], { type: "image/svg+xml" });
  download(kind === "svg" ? drawing : await pixelsOf(drawing, picture), `${caption.file}.${kind}`);
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function pixelsOf(drawing, { width, height }) {
  const image = new Image(), address = URL.createObjectURL(drawing);
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  const canvas = Object.assign(document.createElement("canvas"), { width: PIXELS * width, height: PIXELS * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function pictureOf(figure, { title, about }) {
  figure.classList.add("as-picture"); // whole, where the page shows a part of it
  const box = figure.getBoundingClientRect(), style = getComputedStyle(figure);
  const lines = linesOf(about, box.width), head = MARGIN + CAPTION_LINE * (1 + lines.length) + 8;
  const place = { left: box.left - MARGIN, top: box.top - head };
  const parts = [];
  addPart(parts, figure, place);
  figure.classList.remove("as-picture");
  const width = Math.ceil(box.width + 2 * MARGIN), height = Math.ceil(box.height + head + MARGIN);
  const words = { x: MARGIN, fill: style.color, "font-family": style.fontFamily };
  const text = svgText("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` }, [
    svgText("title", {}, escaped(`${title}, ${about}`)),
    svgText("rect", { width, height, fill: groundOf(figure) }),
    svgText("text", { ...words, y: MARGIN + 12, "font-size": 16, "font-weight": 600 }, escaped(title)),
    ...lines.map((line, index) =>
      svgText("text", { ...words, y: MARGIN + 12 + CAPTION_LINE * (1 + index), "font-size": 13 }, escaped(line))),
    ...parts,
  ].join("\n"));
  return { text, width, height };
}

// Facts of a caption in lines that are no longer than the figure is wide.
function linesOf(about, width) {
  const lines = [];
  for (const fact of about.split(", ").filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)}, ${fact}` : fact;
    if (lines.length && longer.length * LETTER <= width) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines;
}

function addPart(parts, node, place) {
  if (node.nodeType === Node.TEXT_NODE) return addText(parts, node, place);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[data-not-saved], .modebar-container, style, script")) return;
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return;
  const at = { x: box.left - place.left, y: box.top - place.top, width: box.width, height: box.height };
  if (isSeen(style.backgroundColor)) parts.push(svgText("rect", { ...at, fill: style.backgroundColor }));
  if (style.backgroundImage.startsWith("linear")) parts.push(gradient(style.backgroundImage, at));
  if (node.ariaSelected === "true") { // the frame of what is chosen
    parts.push(svgText("rect", { ...at, fill: "none", stroke: style.outlineColor, "stroke-width": 2 }));
  }
  if (node.picture) parts.push(svgText("svg", at, node.picture())); // a canvas that can say what is on it
  else if (node.localName === "canvas") parts.push(svgText("image", { ...at, href: node.toDataURL() }));
  else if (node.localName === "svg") parts.push(svgCopy(node, at));
  else for (const child of node.childNodes) addPart(parts, child, place);
}

function isSeen(colour) {
  return colour !== "transparent" && !/rgba\(.*, 0\)$/.test(colour);
}

function groundOf(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    const { backgroundColor } = getComputedStyle(at);
    if (isSeen(backgroundColor)) return backgroundColor;
  }
  return "white";
}

// From left to right, with stops at the same distance.
function gradient(image, at) {
  const colours = image.match(/rgba?\([^)]*\)/g);
  const stops = colours.map((colour, index) =>
    svgText("stop", { offset: `${(100 * index) / (colours.length - 1)}%`, "stop-color": colour }));
  const id = `colours-${Math.round(at.x)}-${Math.round(at.y)}`;
  return svgText("linearGradient", { id }, stops.join("")) + svgText("rect", { ...at, fill: `url(#${id})` });
}

// Where the picture's font is another one, the text takes as much room as in the page.
function addText(parts, node, place) {
  if (!node.data.trim()) return;
  const style = getComputedStyle(node.parentElement), range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (!box.width || !parseFloat(style.fontSize)) return;
  const upright = style.writingMode === "vertical-rl", x = box.left - place.left + box.width / 2;
  const y = box.top - place.top + box.height / 2;
  parts.push(svgText("text", {
    x, y, fill: style.color, "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight,
    "text-anchor": "middle", "dominant-baseline": "central", lengthAdjust: "spacingAndGlyphs",
    textLength: upright ? box.height : box.width, transform: upright ? `rotate(-90 ${x} ${y})` : null,
  }, escaped(node.data.trim())));
}

// Colours that follow the theme become those of now, for the picture has no theme.
function svgCopy(svg, at) {
  const copy = svg.cloneNode(true), originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, index) => {
    const style = getComputedStyle(originals[index]);
    for (const name of TAKEN_OVER) {
      const said = `${node.getAttribute(name) ?? ""} ${node.style?.[name] ?? ""}`;
      if (OF_THEME.test(said) || (node.localName === "text" && name.startsWith("font"))) {
        node.removeAttribute(name);
        node.style[name] = style.getPropertyValue(name);
      }
    }
  });
  for (const [name, value] of Object.entries(at)) copy.setAttribute(name, value);
  copy.removeAttribute("style");
  return new XMLSerializer().serializeToString(copy);
}

function svgText(tag, attributes, inside = "") {
  const written = Object.entries(attributes).filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${escaped(typeof value === "number" ? +value.toFixed(2) : value)}"`);
  return `<${tag}${written.join("")}>${inside}</${tag}>`;
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
