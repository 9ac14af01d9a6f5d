// --- Canvases, whatever is drawn on them -----------------------------------------------------------------------

function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}

// Canvas pixels are device pixels, so that lines stay sharp; everything is drawn in CSS pixels.
function prepareCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const deviceWidth = Math.round(width * ratio), deviceHeight = Math.round(height * ratio);
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  return context;
}

function circle(context, { x, y }, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function fillCircle(context, place, radius, colour) {
  circle(context, place, radius);
  context.fillStyle = colour;
  context.fill();
}

function writeText(context, palette, text, x, y, align) {
  context.textAlign = align;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = palette.ground; // legible over whatever lies below
  context.strokeText(text, x, y);
  context.fillStyle = palette.text;
  context.fillText(text, x, y);
}

function addLine(context, from, to) {
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
}

function strokeLine(context, from, to) {
  context.beginPath();
  addLine(context, from, to);
  context.stroke();
}
