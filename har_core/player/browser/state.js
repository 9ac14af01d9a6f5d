// --- What the page shows beside the canvas ----------------------------------------------------------------

function showState(player) {
  showTime(player, frameOf(player));
  showSwitches(player);
  showWhose(player);
  hearState(player);
  showChosen(player);
  for (const clip of player.clips) {
    showClipState(clip);
    showReading(player, clip);
  }
  Object.assign(player.root.dataset, dataOf(player));
}

function showTime({ scrub, length, rate, frameNumber, seconds, played }, frame) {
  const counted = `${frame + 1} of ${length}`;
  for (const bar of played) bar.style.setProperty("--position", frame / Math.max(length - 1, 1));
  scrub.value = frame;
  scrub.setAttribute("aria-valuetext", `frame ${counted}`);
  frameNumber.textContent = counted;
  seconds.textContent = `${(frame / rate).toFixed(2)} s`;
}

function showSwitches(player) {
  const { root, playing, loop, names, panel, menu } = player;
  const button = (action) => root.querySelector(`[data-action=${action}]`);
  button("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  button("play").title = `${playing ? "Pause" : "Play"} (space)`;
  button("loop").setAttribute("aria-pressed", loop);
  button("names").setAttribute("aria-pressed", names);
  button("positions").setAttribute("aria-pressed", !panel.hidden);
  button("lines").setAttribute("aria-pressed", linesShown(player));
  button("lines").hidden = !hasLines(player);
  button("fill").setAttribute("aria-pressed", root.matches(":fullscreen"));
  button("fill").hidden = !document.fullscreenEnabled;
  button("menu").setAttribute("aria-expanded", !menu.hidden);
}

function showWhose(player) {
  const shown = player.root.querySelector(".whose"), text = whoseLeft(player);
  if (shown.textContent !== text) shown.textContent = text;
}

function showClipState({ pose, figure, canvas, title, notice, plot, track }) {
  for (const chart of chartsOf({ plot, track })) if (chart.scale) chart.figure.dataset.cursor = chart.at.toFixed(2);
  if (!pose) return; // it was never in sight
  const label = `Skeleton: ${title}${notice && `, ${notice}`}`;
  if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
  Object.assign(figure.dataset, { frame: pose.frame, drawn: pose.drawn, untracked: !pose.tracked });
}

// For tests; app/components/player.py says what each of them means.
function dataOf(player) {
  const { camera, clips, playing, panel, axis } = player;
  return {
    frame: frameOf(player), playing,
    yaw: camera.yaw.toFixed(4), pitch: camera.pitch.toFixed(4), zoom: camera.zoom.toFixed(4),
    drawn: clips.reduce((sum, { pose }) => sum + (pose?.drawn ?? 0), 0),
    untracked: clips.some(({ pose }) => pose && !pose.tracked),
    chosen: [...player.chosen].sort().join(" "),
    positions: panel.hidden ? "closed" : "open", axis: AXES[axis].letter,
  };
}
