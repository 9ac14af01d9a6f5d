// --- A context that writes SVG: what the player needs of a canvas's, by the same names ------------------------------

const BASELINES = { top: 0.8, middle: 0.35, bottom: -0.2, alphabetic: 0 }; // of the size of a letter
const LOOKS = [
  "fillStyle", "strokeStyle", "lineWidth", "lineCap", "lineJoin", "globalAlpha", "dash",
  "font", "textAlign", "textBaseline",
];

class SvgContext {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: "", kept: [] });
    Object.assign(this, { fillStyle: "#000000", strokeStyle: "#000000", globalAlpha: 1 });
    Object.assign(this, { lineWidth: 1, lineCap: "butt", lineJoin: "miter", dash: [] });
    Object.assign(this, { font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic" });
    this.ruler = document.createElement("canvas").getContext("2d");
  }

  save() { this.kept.push(Object.fromEntries(LOOKS.map((name) => [name, this[name]]))); }
  restore() { Object.assign(this, this.kept.pop()); }
  setLineDash(dash) { this.dash = dash; }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${round(x)} ${round(y)}`; }
  lineTo(x, y) { this.path += `L${round(x)} ${round(y)}`; }

  // Whole circles only.
  arc(x, y, radius) {
    const half = (way) => `a${round(radius)} ${round(radius)} 0 1 1 ${round(way)} 0`;
    this.path += `M${round(x - radius)} ${round(y)}${half(2 * radius)}${half(-2 * radius)}Z`;
  }

  fill() { this.write("path", { d: this.path, fill: this.fillStyle, opacity: this.opacity() }); }
  stroke() { this.write("path", { d: this.path, fill: "none", opacity: this.opacity(), ...this.line() }); }
  opacity() { return this.globalAlpha === 1 ? null : round(this.globalAlpha); }

  fillRect(x, y, width, height) {
    const [left, top, across, down] = [x, y, width, height].map(round);
    this.write("rect", { x: left, y: top, width: across, height: down, fill: this.fillStyle });
  }

  fillText(text, x, y) { this.writeText(text, x, y, { fill: this.fillStyle }); }
  strokeText(text, x, y) { this.writeText(text, x, y, { fill: "none", ...this.line() }); }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  // Draws in a part of the picture, and nothing beyond it.
  panel(x, y, width, height, paint) {
    const part = new SvgContext(width, height);
    paint(part);
    const box = `x="${x}" y="${y}" width="${width}" height="${height}"`;
    this.parts.push(`<svg ${box} overflow="hidden">${part.parts.join("\n")}</svg>`);
  }

  line() {
    return {
      stroke: this.strokeStyle, "stroke-width": round(this.lineWidth), "stroke-linecap": this.lineCap,
      "stroke-linejoin": this.lineJoin, "stroke-dasharray": this.dash.join(" ") || null,
    };
  }

  writeText(text, x, y, looks) {
    const [, weight, size, family] = this.font.match(/^(?:(\d+) )?([\d.]+)px (.*)$/);
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const place = { x: round(x), y: round(y + BASELINES[this.textBaseline] * size), "text-anchor": anchor };
    const font = { "font-family": family, "font-size": size, "font-weight": weight ?? 400 };
    this.write("text", { ...place, ...font, ...looks }, text);
  }

  write(tag, attributes, text = "") {
    const known = Object.entries(attributes).filter(([, value]) => value !== null);
    const said = known.map(([name, value]) => `${name}="${escapeMarkup(String(value))}"`).join(" ");
    this.parts.push(`<${tag} ${said}>${escapeMarkup(text)}</${tag}>`);
  }

  toString(title) {
    const { width, height } = this, size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`;
    return [head, `<title>${escapeMarkup(title)}</title>`, ...this.parts, "</svg>\n"].join("\n");
  }
}

function round(value) {
  return Number(value.toFixed(2));
}

function escapeMarkup(text) {
  return text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
}
