// --- Data -------------------------------------------------------------------------------------------------

// Only a lone bytes value travels as raw bytes, so the description goes in front:
// uint32 length of the JSON text, the text, then float32, all little-endian: (frame, joint, xyz) of each clip, for
// each clip with a track its moments, the values of each of its lines and its path, and the points of the plane.
function decode(data) {
  const bytes = data.slice(); // a copy starts at offset 0, where 32-bit numbers are aligned
  const textLength = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + textLength)));
  const numbers = new Float32Array(bytes.buffer, 4 + textLength);
  let start = 0;
  const take = (count) => numbers.subarray(start, (start += count));
  const clips = header.clips.map((described) => {
    const clip = { ...described, values: take(described.length * described.joints.length * 3) };
    return { ...clip, shown: lastTracked(clip), lostRuns: runs(clip.untracked) };
  });
  for (const { track } of clips.filter((clip) => clip.track)) {
    track.moments = take(track.readings);
    for (const line of track.lines) line.values = take(track.readings);
    track.path = track.path ? take(2 * track.readings) : null;
  }
  const plane = header.plane && { ...header.plane, points: take(2 * header.plane.count) };
  return { ...header, clips, plane };
}

// For each frame the one whose pose is drawn: itself, or the last tracked before it (-1: none).
function lastTracked(clip) {
  const lost = new Set(clip.untracked);
  const shown = [];
  for (let frame = 0; frame < clip.length; frame++) shown.push(lost.has(frame) ? (shown[frame - 1] ?? -1) : frame);
  return shown;
}

function isTracked(clip, frame) {
  return clip.shown[frame] === frame;
}

// [3, 4, 5, 9] -> [[3, 6], [9, 10]]
function runs(frames) {
  const found = [];
  for (const frame of frames) {
    if (found.length && found.at(-1)[1] === frame) found.at(-1)[1]++;
    else found.push([frame, frame + 1]);
  }
  return found;
}

function sameBytes(known, given) {
  return known?.length === given.length && known.every((value, index) => value === given[index]);
}

function sayName(joint) {
  return joint.replaceAll("_", " ");
}
