// --- Space ------------------------------------------------------------------------------------------------

const CAMERAS = {
  start: { yaw: 0.4, pitch: 0.2, zoom: 1 }, // a little aside and from above: depth and floor can be seen
  front: { yaw: 0, pitch: 0, zoom: 1 }, // as the recording camera saw the person
  side: { yaw: -Math.PI / 2, pitch: 0, zoom: 1 }, // a person who faced the camera looks to the right
  top: { yaw: 0, pitch: Math.PI / 2, zoom: 1 }, // a person who faced the camera looks down the screen
};
const DISTANCE = 6; // of the camera from the middle of the box; far enough to keep the figure's proportions
const MARGIN = 1.16; // free space around the box

// Gives each clip its points in the box, and returns the size of the box, which all clips share.
function commonBox(clips) {
  const bounds = clips.map(trackedBounds);
  const extent = [0, 1, 2].map((axis) => Math.max(...bounds.map(({ low, high }) => high[axis] - low[axis])));
  const half = Math.max(...extent) / 2 || 1;
  clips.forEach((clip, index) => {
    const { low, high } = bounds[index];
    // Clips stand on one floor: y is counted from each clip's lowest point, x and z from its middle.
    const middle = [(low[0] + high[0]) / 2, low[1] + extent[1] / 2, (low[2] + high[2]) / 2];
    Object.assign(clip, { low, high, toBox: (value, axis) => (value - middle[axis]) / half });
    clip.boxed = clip.values.map((value, place) => clip.toBox(value, place % 3));
  });
  return { width: Math.max(extent[0], extent[2], half) / 2 / half, floor: -extent[1] / 2 / half };
}

function trackedBounds(clip) {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  const size = clip.joints.length * 3;
  for (let frame = 0; frame < clip.length; frame++) {
    if (!isTracked(clip, frame)) continue;
    for (let index = frame * size; index < (frame + 1) * size; index++) {
      if (!Number.isFinite(clip.values[index])) continue;
      const axis = index % 3;
      low[axis] = Math.min(low[axis], clip.values[index]);
      high[axis] = Math.max(high[axis], clip.values[index]);
    }
  }
  return low.every(Number.isFinite) ? { low, high } : { low: [0, 0, 0], high: [0, 0, 0] };
}

// Returns a function from a point of the box to pixels: turn about the upright axis, tilt, then perspective.
function projection(camera, box, width, height) {
  const [cosYaw, sinYaw] = [Math.cos(camera.yaw), Math.sin(camera.yaw)];
  const [cosPitch, sinPitch] = [Math.cos(camera.pitch), Math.sin(camera.pitch)];
  const fit = (Math.min(width / box.width, height) / 2 / MARGIN) * camera.zoom;
  return ([x, y, z]) => {
    const right = x * cosYaw + z * sinYaw;
    const away = z * cosYaw - x * sinYaw;
    const up = y * cosPitch + away * sinPitch;
    const depth = away * cosPitch - y * sinPitch;
    const near = DISTANCE / (DISTANCE + depth);
    return { x: width / 2 + right * fit * near, y: height / 2 - up * fit * near, depth, near };
  };
}

// A joint in a frame as a point of the box; null where it has no coordinates.
function pointOf(clip, joint, frame) {
  const start = (frame * clip.joints.length + joint) * 3;
  const point = [clip.boxed[start], clip.boxed[start + 1], clip.boxed[start + 2]];
  return point.every(Number.isFinite) ? point : null;
}

// What a clip shows at a position: which of its frames, whether that was tracked, and all joints in the box.
function poseAt(clip, position) {
  const frame = Math.min(Math.floor(position), clip.length - 1);
  const shown = clip.shown[frame], tracked = shown === frame;
  // Between two frames only where both were tracked: a way that nobody saw is not made up.
  const share = tracked && isTracked(clip, frame + 1) ? position - frame : 0;
  const points = shown < 0 ? [] : clip.joints.map((_, joint) => {
    const from = pointOf(clip, joint, shown), to = share ? pointOf(clip, joint, frame + 1) : null;
    return from && to ? from.map((value, axis) => value + share * (to[axis] - value)) : from;
  });
  return { frame, tracked, between: share > 0, points };
}
