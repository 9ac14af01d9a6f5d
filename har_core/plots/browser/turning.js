// --- Points in space, as they lie in the plane that is drawn ------------------------------------------------------

const FIRST_TURN = [0.6, 0.35], TURN_OF_PIXEL = 0.008; // radians
const AXIS_LENGTH = 0.9; // of the way from the middle to the furthest point

function isSpace({ data }) {
  return data.axes.length === 3;
}

// Puts points and names where they are drawn; those in space are turned around their middle.
function lay(scatter, width, height) {
  const { data } = scatter;
  if (!isSpace(scatter)) {
    return Object.assign(scatter, { points: data.points, labels: data.labels, depths: null, arms: [] });
  }
  const { middle, radius } = middleOf(data.points);
  const turned = (at) => turnedBy(scatter.turn, at.map((value, axis) => value - middle[axis]));
  const all = data.names.map((_, row) => turned(data.points.slice(3 * row, 3 * row + 3)));
  const arms = data.axes.map((title, axis) => {
    const end = middle.map((value, other) => value + (other === axis ? AXIS_LENGTH * radius : 0));
    return { text: title.replace(/ component \((.*) of the variance\)/, " ($1)"), at: turned(end).slice(0, 2), quiet: true };
  });
  const labels = data.labels.map(({ text, at }) => ({ text, at: turned(at).slice(0, 2) }));
  const longer = Math.max(1, width / height), higher = Math.max(1, height / width);
  Object.assign(scatter, {
    points: all.flatMap(([x, y]) => [x, y]), labels: [...arms, ...labels], arms,
    depths: all.map(([, , depth]) => depth / radius), // from -1, far, to 1, near
    reach: [longer, higher].map((part) => [-1.04 * part * radius, 1.04 * part * radius]),
  });
}

function middleOf(points) {
  const middle = [0, 1, 2].map((axis) => {
    const values = points.filter((_, index) => index % 3 === axis);
    return (Math.min(...values) + Math.max(...values)) / 2;
  });
  let radius = 0;
  for (let at = 0; at < points.length; at += 3) {
    radius = Math.max(radius, Math.hypot(...middle.map((value, axis) => points[at + axis] - value)));
  }
  return { middle, radius: radius || 1 };
}

// The third axis points up at first.
function turnedBy([around, up], [x, y, z]) {
  const aside = x * Math.cos(around) - y * Math.sin(around), ahead = x * Math.sin(around) + y * Math.cos(around);
  return [aside, z * Math.cos(up) + ahead * Math.sin(up), z * Math.sin(up) - ahead * Math.cos(up)];
}

function turnBy(scatter, place) {
  const [x, y] = scatter.turned ?? scatter.press, [right, down] = [place[0] - x, place[1] - y];
  if (!scatter.turned && Math.hypot(right, down) <= CLICK_REACH) return;
  scatter.turned = place;
  scatter.at = -1;
  turn(scatter, right, down);
}

function turn(scatter, right, down) {
  const [around, up] = scatter.turn;
  const steep = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, up + TURN_OF_PIXEL * down));
  scatter.turn = [around - TURN_OF_PIXEL * right, steep];
  requestGround(scatter);
}
