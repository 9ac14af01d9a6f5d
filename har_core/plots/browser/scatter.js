// A scatter of sequences: points that can be clicked, or picked by a loop around them, on two 2D canvases. Points
// in space are turned by dragging, and picked by a box with the shift key.
//
// Points and names lie on the lower canvas, which is drawn anew only when they change. Ring, pointer and loop
// are on the upper one, so that a moving pointer costs next to nothing.

export default function featureScatter({ data, parentElement, setTriggerValue }) {
  const scatter = mountOnce(parentElement, ".scatter", mount, stop);
  scatter.tell = setTriggerValue;
  if (scatter.data !== data) showData(scatter, data);
  connectTools(scatter.root.querySelector(".tools"), scatter.root, () => data.caption);
  requestGround(scatter);
  return scatter.end;
}

function mount(root) {
  const part = (name) => root.querySelector(name);
  const scatter = {
    root, ground: part(".ground"), over: part(".over"), tip: part(".tip"), legend: part(".legend"), told: part(".told"),
    data: null, palette: null, tell: null,
    turn: [...FIRST_TURN], // of points in space: around the upright, and up
    points: [], labels: [], // in the plane that is drawn
    reach: null, // from where to where all points lie, along each axis
    sight: null, // the part of it that is shown, or null for all of it
    places: [], // of the points in pixels
    chosen: -1, at: -1, // points: in the ring, and under the pointer or the arrow keys
    press: null, loop: null, // where the pointer went down, and what it has drawn since
    request: 0, groundStale: true,
  };
  scatter.sizes = new ResizeObserver(() => requestGround(scatter));
  scatter.sizes.observe(scatter.ground);
  root.addEventListener("transitionrun", () => requestGround(scatter)); // the theme has changed: scatter.css
  scatter.ground.picture = () => pictureOfGround(scatter);
  connectPointer(scatter);
  connectKeys(scatter);
  connectZoom(scatter);
  return scatter;
}

function stop(scatter) {
  cancelAnimationFrame(scatter.request);
  scatter.sizes.disconnect();
}

function showData(scatter, data) {
  const { root, over, data: before } = scatter;
  const same = before && sameNumbers(before.points, data.points) && sameNumbers(before.behind, data.behind);
  if (!same) {
    Object.assign(scatter, { sight: null, at: -1, press: null, loop: null });
    scatter.reach = data.axes.length === 3 ? null : reachOf([data.points, data.behind]);
  }
  Object.assign(scatter, { data, chosen: data.names.indexOf(data.chosen) });
  root.classList.toggle("large", Boolean(data.large));
  root.classList.toggle("grows", Boolean(data.grows));
  root.querySelector(".title b").textContent = data.title;
  root.querySelector(".title .on-page").textContent = data.about;
  root.querySelector(".title .whole").textContent = data.caption.about;
  const turns = data.axes.length === 3 ? " With Shift they turn the points." : "";
  over.setAttribute("aria-label", `${data.alt} The arrow keys go from point to point, Enter picks one.${turns}`);
  over.classList.toggle("turns", data.axes.length === 3);
  showLegend(scatter);
  root.style.setProperty("--given", `${data.height}px`);
  root.dataset.title = `${data.title}, ${data.about}`;
  delete root.dataset.drawn; // until it is
}

function sameNumbers(some, others) {
  return some.length === others.length && some.every((value, index) => value === others[index]);
}

function showLegend({ legend, data }) {
  const { groups, behind, chosen, neutral } = data;
  const entries = data.legend ? groups.map(({ name, colour, symbol }) => legendEntry(name, symbol, { fill: colour })) : [];
  if (behind.length) entries.push(legendEntry("Training part", "circle", { fill: neutral, opacity: 0.5 }));
  if (chosen) {
    entries.push(legendEntry("Chosen", "circle", { fill: "none", stroke: "currentColor", "stroke-width": 0.4 }));
  }
  legend.replaceChildren(...entries);
}

function legendEntry(name, symbol, look) {
  const entry = element("li"), text = element("span");
  const picture = svgElement("svg", { viewBox: "-1.3 -1.3 2.6 2.6", "aria-hidden": "true" });
  picture.append(svgElement("path", { d: SHAPES[symbol], ...look }));
  text.textContent = name;
  entry.append(picture, text);
  return entry;
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A canvas knows no CSS variables, so the colours are read off elements that use them.
function readPalette(root) {
  const { color: text, fontFamily: font, backgroundColor: ground } = getComputedStyle(root);
  const accent = getComputedStyle(root).getPropertyValue("--st-primary-color");
  const letter = parseFloat(getComputedStyle(root.querySelector(".ground")).fontSize); // larger in full screen
  const mix = (percent) => `color-mix(in srgb, ${text} ${percent}%, ${ground})`;
  return { text, font, letter, ground, accent, grid: mix(9), lead: mix(55), quiet: { text: mix(72), ground } };
}
