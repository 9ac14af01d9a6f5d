// The confusion matrix, or errors by subject: a grid of cells to be pointed at, clicked, and walked through by the arrow keys.
//
// The frame around a chosen cell moves at once; what Python makes of the choice arrives a moment later. Names of
// actions come from users' files: they are set as text, never as markup.

const SHORT = 3; // letters of a column's name that needs no turning

export default function confusionMatrix({ data, parentElement, setTriggerValue }) {
  const matrix = mountOnce(parentElement, ".matrix", mount, stop);
  matrix.send = (cell) => setTriggerValue("cell", cell);
  connectTools(matrix.root.querySelector(".tools"), matrix.root, () => data.caption);
  show(matrix, data);
  return matrix.end;
}

// --- Life of a matrix -------------------------------------------------------------------------------------

function mount(root) {
  const matrix = {
    root, grid: root.querySelector(".cells"), about: root.querySelector(".about"),
    data: null, chosen: null, rowNames: [], columnNames: [], cells: [], current: null, told: null, send: null,
  };
  matrix.follow = () => placeAbout(matrix);
  connect(matrix);
  return matrix;
}

function stop(matrix) {
  hideAbout(matrix);
}

function show(matrix, data) {
  const { root, grid } = matrix, { actions, columns, axes } = data;
  if (matrix.rowNames.length !== actions.length || matrix.columnNames.length !== columns.length) {
    build(matrix, actions.length, columns.length);
  }
  matrix.data = data;
  matrix.chosen = data.chosen;
  root.style.setProperty("--given", `${data.height}px`);
  root.classList.toggle("large", Boolean(data.large));
  root.classList.toggle("grows", Boolean(data.grows));
  root.classList.toggle("upright", columns.every((name) => name.length <= SHORT));
  root.style.setProperty("--empty", data.empty);
  root.style.setProperty("--frame", data.frame);
  root.style.setProperty("--digits", Math.max(1, ...data.numbers.flat().map((number) => number.length)));
  grid.setAttribute("aria-label", `${data.alt} ${data.said}`);
  setText(root.querySelector(".title b"), data.caption.title);
  setText(root.querySelector(".title span"), data.caption.about);
  showBar(matrix);
  root.querySelectorAll(".axis").forEach((axis, index) => setText(axis, axes[index]));
  for (const [nodes, names] of [[matrix.rowNames, actions], [matrix.columnNames, columns]]) {
    names.forEach((name, index) => {
      setText(nodes[index], name);
      nodes[index].title = name;
    });
  }
  for (const cell of matrix.cells) showCell(data, cell);
  showChosen(matrix);
  if (matrix.told) tell(matrix, matrix.told);
  root.dataset.drawn = matrix.cells.length; // for tests
}

function build(matrix, rowCount, columnCount) {
  const indices = [...Array(rowCount).keys()], across = [...Array(columnCount).keys()];
  hideAbout(matrix);
  matrix.root.style.setProperty("--count", rowCount);
  matrix.root.style.setProperty("--columns", columnCount);
  matrix.rowNames = indices.map(() => element("rowheader"));
  matrix.columnNames = across.map(() => element("columnheader"));
  const rows = indices.map((row) => across.map((column) => makeCell(row, column)));
  matrix.cells = rows.flat();
  matrix.current = null;
  const corner = Object.assign(document.createElement("span"), { className: "corner" });
  matrix.grid.replaceChildren(
    ...rows.map((cells, row) => makeRow(matrix.rowNames[row], ...cells)), makeRow(corner, ...matrix.columnNames));
}

function makeRow(...children) {
  const row = element("row");
  row.append(...children);
  return row;
}

function makeCell(row, column) {
  const cell = element("gridcell");
  cell.tabIndex = -1;
  return Object.assign(cell, { row, column });
}

function element(role) {
  const made = document.createElement("div");
  made.setAttribute("role", role);
  return made;
}

// --- What is drawn ----------------------------------------------------------------------------------------

function showCell(data, cell) {
  const { row, column } = cell;
  setText(cell, data.numbers[row][column]);
  cell.style.background = inEither(data.colours, row, column);
  cell.style.color = inEither(data.inks, row, column);
  const said = factsOf(data, cell).map(([name, value]) => `${name}: ${value}`).join("; ");
  const place = placeOf(data, cell).reverse().map(([name, value]) => `${name}: ${value}`).join("; ");
  cell.setAttribute("aria-label", `${place}; ${said}`);
}

// The theme chooses, by itself and at once.
function inEither({ light, dark }, row, column) {
  return light[row][column] && `light-dark(${light[row][column]}, ${dark[row][column]})`;
}

function showBar({ root, data: { bar: { numbers, of, colours } } }) {
  const bar = root.querySelector(".bar"), [colour, labels, what] = bar.children;
  const stops = colours.light.map((light, index) => `light-dark(${light}, ${colours.dark[index]})`);
  colour.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  labels.replaceChildren(...numbers.map((number) => Object.assign(document.createElement("span"), { textContent: number })));
  setText(what, of);
  bar.setAttribute("aria-label", `Colours from ${numbers[0]} to ${numbers.at(-1)} ${of}`);
}

// The names of a cell's row and column, with what they are.
function placeOf({ axes, actions, columns }, { row, column }) {
  return [[axes[0], actions[row]], [axes[1], columns[column]]];
}

function factsOf(data, { row, column }) {
  return Object.entries(data.facts).map(([name, values]) => [name, values[row][column]]);
}

// A text that is set anew costs a layout even where it is the same.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function showChosen(matrix) {
  const [row, column] = matrix.chosen ?? [];
  for (const cell of matrix.cells) {
    cell.setAttribute("aria-selected", cell.row === row && cell.column === column);
  }
  // The cell that the tab key leads to is the chosen one, but for who walks through the cells at the moment.
  if (matrix.current && matrix.current === matrix.root.getRootNode().activeElement) return;
  const wanted = matrix.chosen ? cellAt(matrix, row, column) : matrix.current ?? matrix.cells[0];
  if (wanted) makeCurrent(matrix, wanted);
}

// --- Mouse and keys ---------------------------------------------------------------------------------------

function connect(matrix) {
  const { grid } = matrix;
  const cellOf = (event) => event.target.closest('[role="gridcell"]');
  grid.onclick = (event) => cellOf(event) && choose(matrix, cellOf(event));
  grid.onkeydown = (event) => onKey(matrix, event);
  grid.onpointerover = (event) => {
    if (event.pointerType === "mouse") tell(matrix, cellOf(event));
  };
  grid.onpointerleave = () => hideAbout(matrix);
  grid.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    makeCurrent(matrix, cell);
    if (cell.matches(":focus-visible")) tell(matrix, cell);
  });
  grid.addEventListener("focusout", () => hideAbout(matrix));
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onKey(matrix, event) {
  const { current } = matrix;
  if (event.altKey || event.ctrlKey || event.metaKey || !current) return;
  const last = matrix.columnNames.length - 1, [down, right] = STEPS[event.key] ?? [];
  if (down !== undefined) cellAt(matrix, current.row + down, current.column + right)?.focus();
  else if (event.key === "Home") cellAt(matrix, current.row, 0).focus();
  else if (event.key === "End") cellAt(matrix, current.row, last).focus();
  else if (event.key === "Enter" || event.key === " ") choose(matrix, current);
  else if (event.key === "Escape") hideAbout(matrix);
  else return;
  event.preventDefault();
}

function cellAt(matrix, row, column) {
  const rows = matrix.rowNames.length, columns = matrix.columnNames.length;
  const inside = Math.min(row, column) >= 0 && row < rows && column < columns;
  return inside ? matrix.cells[row * columns + column] : null;
}

// One cell alone is a stop of the tab key; arrows lead to the others.
function makeCurrent(matrix, cell) {
  if (matrix.current) matrix.current.tabIndex = -1;
  cell.tabIndex = 0;
  matrix.current = cell;
}

function choose(matrix, cell) {
  const { data } = matrix;
  matrix.chosen = [cell.row, cell.column];
  showChosen(matrix);
  matrix.send([data.actions[cell.row], data.columns[cell.column]]);
}

// --- The words about a cell -------------------------------------------------------------------------------

function tell(matrix, cell) {
  if (!cell) return hideAbout(matrix);
  const { about, data } = matrix;
  const entries = [...placeOf(data, cell), ...factsOf(data, cell)].flat().map((text, index) => {
    const entry = document.createElement(index % 2 ? "dd" : "dt");
    entry.textContent = text;
    return entry;
  });
  about.replaceChildren(...entries);
  matrix.told = cell;
  about.showPopover();
  placeAbout(matrix);
  addEventListener("scroll", matrix.follow, { capture: true, passive: true });
}

function hideAbout(matrix) {
  if (!matrix.told) return;
  matrix.told = null;
  if (matrix.about.isConnected) matrix.about.hidePopover();
  removeEventListener("scroll", matrix.follow, { capture: true });
}

// Beside the cell, on the side where there is room.
function placeAbout({ about, told }) {
  const cell = told.getBoundingClientRect(), box = about.getBoundingClientRect(), gap = 10;
  const right = cell.right + gap, below = cell.bottom + gap;
  const left = right + box.width < innerWidth ? right : Math.max(0, cell.left - gap - box.width);
  const top = below + box.height < innerHeight ? below : Math.max(0, cell.top - gap - box.height);
  about.style.left = `${left}px`;
  about.style.top = `${top}px`;
}
