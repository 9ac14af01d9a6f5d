// --- A canvas's context that writes SVG -------------------------------------------------------------------------
//
// It knows what drawing.js asks for, and nothing more.

class PictureContext {
  constructor(canvas) {
    Object.assign(this, {
      measuring: canvas.getContext("2d"), parts: [], path: "", moved: "", saved: [], fillStyle: "", strokeStyle: "",
      lineWidth: 1, font: "", globalAlpha: 1, textAlign: "left", textBaseline: "alphabetic",
    });
  }

  text() { return this.parts.join(""); }

  save() { this.saved.push(this.moved); }
  restore() { this.moved = this.saved.pop(); }
  translate(x, y) { this.moved += ` translate(${x} ${y})`; }
  scale(x, y) { this.moved += ` scale(${x} ${y})`; }
  clip() { this.path = ""; } // the picture is cut where the canvas ends

  beginPath() { this.path = ""; }
  closePath() { this.path += "Z"; }
  moveTo(x, y) { this.path += `M${x} ${y}`; }
  lineTo(x, y) { this.path += `L${x} ${y}`; }
  rect(x, y, width, height) { this.path += `M${x} ${y}h${width}v${height}h${-width}Z`; }
  arc(x, y, radius) { this.path += `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`; }

  fill(given) { this.add("path", { d: given?.shape ?? this.path, fill: this.fillStyle, "fill-opacity": this.globalAlpha }); }
  stroke() { this.add("path", { d: this.path, fill: "none", ...this.line() }); }
  fillText(text, x, y) { this.write(text, x, y, { fill: this.fillStyle }); }
  strokeText(text, x, y) { this.write(text, x, y, { fill: "none", "stroke-linejoin": "round", ...this.line() }); }

  measureText(text) {
    this.measuring.save();
    this.measuring.font = this.font;
    const measured = this.measuring.measureText(text);
    this.measuring.restore();
    return measured;
  }

  line() { return { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-opacity": this.globalAlpha }; }

  write(text, x, y, look) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const baseline = { top: "hanging", middle: "central", alphabetic: "auto" }[this.textBaseline];
    this.add("text", { x, y, "text-anchor": anchor, "dominant-baseline": baseline, style: `font: ${this.font}`, ...look }, escaped(text));
  }

  add(tag, attributes, inside) {
    this.parts.push(svgText(tag, { ...attributes, transform: this.moved || null }, inside));
  }
}
