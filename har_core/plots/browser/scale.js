// --- From the plane to pixels, and what part of it is in sight --------------------------------------------------

const MOST_ZOOM = 40, ZOOM_STEP = 1.5;

// From where to where the points lie along each axis, with some room around them.
function reachOf(lists) {
  return [0, 1].map((axis) => {
    let low = Infinity, high = -Infinity;
    for (const numbers of lists) {
      for (let index = axis; index < numbers.length; index += 2) {
        low = Math.min(low, numbers[index]);
        high = Math.max(high, numbers[index]);
      }
    }
    if (!(low <= high)) return [0, 1];
    const room = 0.06 * (high - low) || 1;
    return [low - room, high + room];
  });
}

function scaleOf({ data, sight, reach, palette: { letter } }, width, height) {
  const titled = data.axes[0] !== "" && data.axes.length === 2; // the numbers of an axis without a title mean nothing
  const edge = (letters) => (titled ? letters * letter : 1);
  const left = edge(3.4), right = width - 1, top = edge(2.2), bottom = height - edge(3.7);
  const [[x0, x1], [y0, y1]] = sight ?? reach;
  return {
    left, right, top, bottom, titled, x: [x0, x1], y: [y0, y1],
    place: (x, y) => [
      left + ((x - x0) / (x1 - x0)) * (right - left), bottom - ((y - y0) / (y1 - y0)) * (bottom - top),
    ],
    value: (x, y) => [
      x0 + ((x - left) / (right - left)) * (x1 - x0), y0 + ((bottom - y) / (bottom - top)) * (y1 - y0),
    ],
    holds: ([x, y]) => x >= left && x <= right && y >= top && y <= bottom,
  };
}

function zoomOf({ sight, reach }) {
  return sight ? (reach[0][1] - reach[0][0]) / (sight[0][1] - sight[0][0]) : 1;
}

// Comes nearer by a factor; the place around which it does keeps its pixels, and nothing beyond the points shows.
function zoom(scatter, factor, around) {
  const wanted = Math.min(zoomOf(scatter) * factor, MOST_ZOOM);
  const { reach, sight } = scatter;
  const now = sight ?? reach;
  scatter.sight = wanted <= 1 ? null : reach.map(([low, high], axis) => {
    const size = (high - low) / wanted, [from, to] = now[axis];
    const start = around[axis] - size * ((around[axis] - from) / (to - from));
    const kept = Math.max(low, Math.min(high - size, start));
    return [kept, kept + size];
  });
  requestGround(scatter);
}

// Brings a point into sight by moving, not by another zoom.
function bringIntoSight(scatter, row) {
  const { sight, reach, points } = scatter;
  if (!sight) return;
  scatter.sight = sight.map(([from, to], axis) => {
    const value = points[2 * row + axis], size = to - from, edge = 0.1 * size;
    if (value > from + edge && value < to - edge) return [from, to];
    const start = Math.max(reach[axis][0], Math.min(reach[axis][1] - size, value - size / 2));
    return [start, start + size];
  });
  requestGround(scatter);
}
