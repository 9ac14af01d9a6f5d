// --- A context that writes SVG: what the player needs of a canvas's, by the same names ------------------------------

const BASELINES = { top: 0.8, middle: 0.35, bottom: -0.2, alphabetic: 0 }; // of the size of a letter
const LOOKS = ["fillStyle", "strokeStyle", "lineWidth", "lineCap", "lineJoin", "globalAlpha", "font", "textAlign", "textBaseline", "dash"];

class SvgContext {
  constructor(width, height) {
    Object.assign(this, {
      width, height, parts: [], path: "", kept: [], fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, lineCap: "round",
      lineJoin: "miter", globalAlpha: 1, font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic", dash: [],
    });
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

  fill() { this.write("path", { d: this.path, fill: this.fillStyle, opacity: this.globalAlpha }); }
  stroke() { if (this.path) this.write("path", { d: this.path, fill: "none", opacity: this.globalAlpha, ...this.line() }); }

  fillRect(x, y, width, height) {
    this.write("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill: this.fillStyle });
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
    this.parts.push(`<svg x="${x}" y="${y}" width="${width}" height="${height}" overflow="hidden">${part.parts.join("\n")}</svg>`);
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
    const place = { x: round(x), y: round(y + BASELINES[this.textBaseline] * size) };
    this.write("text", { ...place, "font-family": family, "font-size": size, "font-weight": weight, "text-anchor": anchor, ...looks }, text);
  }

  write(tag, attributes, text = "") {
    const known = Object.entries(attributes).filter(([name, value]) => value !== null && !(name === "opacity" && value === 1));
    this.parts.push(`<${tag} ${known.map(([name, value]) => `${name}="${escapeMarkup(String(value))}"`).join(" ")}>${escapeMarkup(text)}</${tag}>`);
  }

  toString(title) {
    const head = `xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg ${head} role="img"><title>${escapeMarkup(title)}</title>\n${this.parts.join("\n")}\n</svg>\n`;
  }
}

function round(value) {
  return Number(value.toFixed(2));
}

function escapeMarkup(text) {
  return text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
}
