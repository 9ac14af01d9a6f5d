// --- What the player says in words ---------------------------------------------------------------------------------

const FROM_THE_SIDE = 0.35; // of a width is seen less than this

// Left is the person's own. Trackers show a person who faces the camera as a mirror does, or as somebody opposite:
// that is read off where the left joints are. It is not said where clips differ, nor where the camera has turned to
// a side; from behind it is the other way round.
function whoseLeft({ sidesOfLeft, camera }) {
  const across = Math.cos(camera.yaw);
  if (!sidesOfLeft.size) return "";
  if (sidesOfLeft.size > 1 || Math.abs(across) < FROM_THE_SIDE) return "Left and right are the person's own.";
  const mirrored = sidesOfLeft.has(-1);
  if (across < 0) {
    return mirrored
      ? "As in a mirror, but from behind, the person's left is on your right."
      : "From behind, the person's left is on your left.";
  }
  return mirrored
    ? "As in a mirror, the person's left is on your left."
    : "As face to face, the person's left is on your right.";
}

// -1 where left joints lie further left than right ones in most tracked frames, else 1.
function sideOfLeft(clip) {
  let balance = 0;
  for (let frame = 0; frame < clip.length; frame++) {
    if (isTracked(clip, frame)) balance += Math.sign(meanX(clip, frame, "left") - meanX(clip, frame, "right")) || 0;
  }
  return balance <= 0 ? -1 : 1;
}

function meanX({ values, joints, jointSides }, frame, side) {
  const found = jointSides.flatMap((own, joint) => (own === side ? values[(frame * joints.length + joint) * 3] : []))
    .filter(Number.isFinite);
  return found.reduce((sum, x) => sum + x, 0) / found.length;
}

function sayFrame({ length, rate }, frame) {
  return `frame ${frame + 1} of ${length}, ${(frame / rate).toFixed(2)} s`;
}

// For whoever hears the page: other clips, and whether it plays or where it stands; never the frames that pass.
// The slider tells its own.
function hearClips(player) {
  const shown = player.clips.map(({ title }) => title).join(" and ");
  player.live.textContent = player.heard === null ? "" : `Showing ${shown}`;
  player.heard = "";
}

function hearState(player) {
  const notices = [...new Set(player.clips.map(({ notice }) => notice).filter(Boolean))];
  const state = player.playing ? "Playing" : [`Paused at ${sayFrame(player, frameOf(player))}`, ...notices].join(", ");
  const first = !player.heard, same = state === player.heard;
  player.heard = state;
  if (first || same || player.root.getRootNode().activeElement === player.scrub) return;
  player.live.textContent = state;
}
