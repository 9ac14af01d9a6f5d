// --- The page of a hand-in --------------------------------------------------------------------------------

const untouched = document.documentElement.outerHTML; // as it was written, before anything is drawn
const dark = matchMedia("(prefers-color-scheme: dark)");
const figures = read("figures"), behind = read("behind");
const viewers = [];

function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

// --- Figures ----------------------------------------------------------------------------------------------

function themed(layout) {
  const style = getComputedStyle(document.body);
  const [ink, rule] = ["--st-text-color", "--st-border-color"].map((name) => style.getPropertyValue(name).trim());
  const lines = { gridcolor: rule, linecolor: rule, zerolinecolor: rule, automargin: true };
  const axis = (own) => ({ ...own, ...lines, title: { ...own.title, standoff: 10 } });
  return {
    ...layout, autosize: true, legend: { ...layout.legend, y: -80 / (layout.height - 120) },
    title: { ...layout.title, x: 0, xanchor: "left", font: { size: 16 } }, font: { family: style.fontFamily, size: 14, color: ink },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis),
  };
}

async function drawFigures() {
  for (const place of document.querySelectorAll(".figure")) {
    const { data, layout } = figures[place.dataset.figure];
    await Plotly.react(place, data, themed(layout), { displaylogo: false, responsive: true });
    place.dataset.drawn = true;
    await new Promise((next) => setTimeout(next)); // the page answers between two figures
  }
}

// --- Skeletons --------------------------------------------------------------------------------------------

// The packed clips of the page, by key; har_core/report/clip_bank.py says how they lie.
async function openBank() {
  const letters = atob(document.getElementById("clips").textContent);
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const row = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const all = new Uint8Array(await new Response(row).arrayBuffer());
  const bank = new Map();
  let start = 0;
  for (const [key, length] of behind.lengths) bank.set(key, all.subarray(start, (start += length)));
  return bank;
}

// Several packed clips as one: a player takes all of its clips in one piece.
function join(packed) {
  const parts = packed.map((bytes) => {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), numbers: bytes.subarray(4 + length) };
  });
  const header = { ...parts[0].header, clips: parts.flatMap((part) => part.header.clips) };
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(32);
  padded.set(text);
  const joined = new Uint8Array(4 + padded.length + parts.reduce((sum, part) => sum + part.numbers.length, 0));
  new DataView(joined.buffer).setUint32(0, padded.length, true);
  joined.set(padded, 4);
  let end = 4 + padded.length;
  for (const { numbers } of parts) {
    joined.set(numbers, end);
    end += numbers.length;
  }
  return joined;
}

// --- From a number to its sequences -----------------------------------------------------------------------

function connectViewer(root, bank) {
  const run = root.closest("[data-run]").dataset.run, kind = root.dataset.viewer;
  const choice = (name) => root.querySelector(`[data-choice=${name}]`);
  const viewer = {
    root, kind, bank, run: behind.runs[run], place: root.querySelector(".place"), said: root.querySelector(".said"),
    true: choice("true"), predicted: choice("predicted"), sequence: choice("sequence"), data: null,
  };
  viewer.sequence.onchange = () => showSequence(viewer);
  if (kind === "matrix") connectCells(viewer);
  else fillSequences(viewer, viewer.run.features);
  const figure = document.querySelector(`[data-figure="${kind}-${run}"]`);
  viewer.listen = () => figure.on("plotly_click", ({ points: [point] }) => {
    if (kind === "matrix") chooseCell(viewer, point.y, point.x);
    else chooseSequence(viewer, point.customdata?.[0]);
  });
  viewers.push(viewer);
}

function connectCells(viewer) {
  for (const list of [viewer.true, viewer.predicted]) {
    list.append(...viewer.run.actions.map((name, index) => new Option(name, index)));
    list.onchange = () => chooseCell(viewer, viewer.true.value, viewer.predicted.value);
  }
  const section = viewer.root.closest("[data-run]");
  for (const button of section.querySelectorAll("[data-predicted]")) {
    button.onclick = () => {
      chooseCell(viewer, button.dataset.true, button.dataset.predicted);
      viewer.root.scrollIntoView({ block: "nearest" });
    };
  }
  const { dataset } = section.querySelector("[data-predicted]") ?? { dataset: { true: 0, predicted: 0 } };
  chooseCell(viewer, dataset.true, dataset.predicted);
}

function chooseCell(viewer, trueAction, predicted) {
  Object.assign(viewer.true, { value: trueAction });
  Object.assign(viewer.predicted, { value: predicted });
  const inside = ({ true: own, predicted: said }) => own === Number(trueAction) && said === Number(predicted);
  fillSequences(viewer, viewer.run.matrix.filter(inside));
}

function fillSequences(viewer, sequences) {
  viewer.sequences = sequences;
  const say = (sequence) => `${sequence.name} · subject ${sequence.subject} · ${saySure(sequence, viewer.run)}`;
  viewer.sequence.replaceChildren(...sequences.map((sequence) => new Option(say(sequence), sequence.name)));
  viewer.sequence.disabled = !sequences.length;
  showSequence(viewer);
}

// A network is sure; what the percentage of another model is stands above its sequences.
const saySure = ({ sure }, { scores }) => `${sure} %${scores ? "" : " sure"}`;

function chooseSequence(viewer, name) {
  if (!viewer.sequences.some((sequence) => sequence.name === name)) return; // a click beside the points
  viewer.sequence.value = name;
  showSequence(viewer);
}

function showSequence(viewer) {
  const { run, bank, said, place } = viewer;
  const chosen = viewer.sequences.find(({ name }) => name === viewer.sequence.value);
  const names = chosen ? [chosen.name, chosen.nearest].filter(Boolean) : [];
  const packed = names.map((name) => bank.get(`${run.set}/${name}`)).filter(Boolean);
  said.textContent = chosen ? sayOf(chosen, run, packed.length) : "No sequence is in this cell.";
  viewer.data = packed.length ? join(packed) : null;
  place.hidden = !packed.length;
  if (packed.length) play(viewer);
}

function sayOf(sequence, run, shown) {
  const { name, true: own, predicted, nearest } = sequence, { actions, fault } = run;
  const verdict = own === predicted ? "recognised" : `taken for ${actions[predicted]}`;
  const first = `${name}, ${actions[own]}: ${verdict}, ${saySure(sequence, run)}.`;
  if (!shown) return `${first} ${fault || "Its skeleton is not in this file, which holds only so many."}`;
  return nearest && shown > 1 ? `${first} Beside it the nearest training sequence of ${actions[predicted]} that was recognised: ${nearest}.` : first;
}

function play(viewer) {
  const { place } = viewer; // the player's styles are its own, as on a page of the dashboard
  if (!place.shadowRoot) place.attachShadow({ mode: "open" }).append(document.getElementById("player").content.cloneNode(true));
  skeletonPlayer({ data: viewer.data, parentElement: place.shadowRoot });
}

// --- Answers ----------------------------------------------------------------------------------------------

function connectAnswers() {
  const answers = [...document.querySelectorAll(".answer")];
  for (const answer of answers) {
    answer.contentEditable = "true";
    try { answer.contentEditable = "plaintext-only"; } catch { /* an older browser takes formatted text, too */ }
    answer.oninput = () => { window.onbeforeunload = (event) => event.preventDefault(); };
  }
  document.getElementById("keep").onclick = () => {
    const copy = new DOMParser().parseFromString(untouched, "text/html");
    copy.querySelectorAll(".answer").forEach((place, index) => { place.textContent = answers[index].innerText.trimEnd(); });
    const file = new Blob(["<!DOCTYPE html>\n", copy.documentElement.outerHTML], { type: "text/html" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "report.html" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    window.onbeforeunload = null;
  };
}

// --- Start ------------------------------------------------------------------------------------------------

connectAnswers();
const bank = await openBank();
document.querySelectorAll(".viewer").forEach((root) => connectViewer(root, bank));
await drawFigures();
viewers.forEach(({ listen }) => listen());
dark.onchange = () => {
  drawFigures();
  viewers.filter(({ data }) => data).forEach(play); // canvases follow no style sheet
};
// Paper shows what is folded away on a screen.
const folded = () => document.querySelectorAll("details:not([open])");
let unfolded = [];
window.onbeforeprint = () => { unfolded = [...folded()]; unfolded.forEach((part) => { part.open = true; }); };
window.onafterprint = () => unfolded.forEach((part) => { part.open = false; });
