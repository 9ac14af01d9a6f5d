// The head of what is presented, and what of it is words: title, the way to the next step, lines and bars. Texts come
// from users' files: they are set as text, never as markup.

const KEYS = {
  ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous", Escape: "leave",
};
const PATIENCE = 250; // milliseconds without a change, after which a window has its new size

const heads = new WeakMap();

export default function presentation({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".slide");
  if (!heads.has(root)) heads.set(root, { root, wanted: null, waiting: 0 });
  const head = Object.assign(heads.get(root), { data, tell: setTriggerValue });
  if (head.wanted === data.step) head.wanted = null;
  show(head);
  root.onclick = ({ target }) => target.dataset.go && go(head, target.dataset.go);
  const onKey = (event) => press(head, event);
  const onResize = () => {
    clearTimeout(head.waiting);
    head.waiting = setTimeout(() => tellSize(head), PATIENCE);
  };
  document.addEventListener("keydown", onKey);
  addEventListener("resize", onResize);
  tellSize(head);
  return () => {
    clearTimeout(head.waiting);
    document.removeEventListener("keydown", onKey);
    removeEventListener("resize", onResize);
  };
}

// What lies under the pointer takes its keys first: a player steps, a matrix goes from cell to cell.
function press(head, event) {
  const where = KEYS[event.key];
  const inField = event.composedPath()[0].matches?.("input, select, textarea");
  if (!where || inField || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  go(head, where);
}

// Who presses twice before the page has followed goes two steps.
function go(head, where) {
  const { step, count } = head.data;
  if (where === "leave") return head.tell("go", 0);
  const next = (head.wanted ?? step) + (where === "next" ? 1 : -1);
  if (next < 1 || next > count) return;
  head.wanted = next;
  head.tell("go", next);
}

function tellSize({ data, tell }) {
  const size = [innerWidth, innerHeight];
  if (size.some((pixels, index) => pixels !== data.size[index])) tell("size", size);
}

function show({ root, data }) {
  const part = (name) => root.querySelector(name);
  const write = (place, text) => {
    place.textContent = together(text);
    place.hidden = !text;
  };
  write(part("h1"), data.title);
  write(part(".about"), data.about);
  write(part(".message"), data.message);
  write(part(".count"), `${data.step} of ${data.count}`);
  part("[data-go=previous]").disabled = data.step === 1;
  part("[data-go=next]").disabled = data.step === data.count;
  part(".lines tbody").replaceChildren(...data.lines.map(makeLine));
  part(".bars").replaceChildren(...data.bars.map(makeBar));
  part(".lines").hidden = !data.lines.length;
  part(".bars").hidden = !data.bars.length;
  root.dataset.step = data.step; // for tests
}

function makeLine([name, ...rest]) {
  const line = element("tr"), first = element("th", "", name);
  first.scope = "row";
  line.append(first, ...rest.map((text) => element("td", "", text)));
  return line;
}

function makeBar({ name, number, said, share, low, high, colour }) {
  const bar = element("li"), words = element("div", "words"), track = element("div", "track");
  const filled = element("div", "share"), reach = element("div", "reach");
  Object.assign(filled.style, { width: `${100 * share}%`, background: colour });
  Object.assign(reach.style, { left: `${100 * low}%`, width: `${100 * (high - low)}%` });
  words.append(element("b", "", name), element("span", "number", number), element("span", "said", said));
  track.append(filled, reach);
  bar.append(words, track);
  return bar;
}

// A percent sign stays in the line of its number.
function together(text) {
  return text.replaceAll(" %", "\u00a0%");
}

function element(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: together(text) });
}
