// --- The choice of joints ---------------------------------------------------------------------------------

// Quick choices. A tracker without hands has wrists, and one without feet has ankles.
const QUICK = {
  hands: ["_hand", "_wrist"],
  feet: ["_foot", "_ankle"],
  head: ["head"],
  none: [],
};
const GROUPS = { left: "Left", trunk: "Trunk and head", right: "Right" };

function showChooser(player) {
  const sides = new Map(player.clips.flatMap((clip) => clip.joints.map((name, index) => [name, clip.jointSides[index]])));
  const groups = Object.keys(GROUPS).map((side) => [side, [...sides.keys()].filter((name) => sides.get(name) === side)]);
  const sided = groups.filter(([, names]) => names.length).length > 1;
  player.joints.querySelector(".groups").replaceChildren(...groups
    .filter(([, names]) => names.length)
    .map(([side, names]) => makeGroup(player, sided ? GROUPS[side] : "Joints", names)));
  for (const button of player.joints.querySelectorAll("[data-quick]")) {
    button.hidden = button.dataset.quick !== "none" && !quickChoice(player, button.dataset.quick).length;
  }
}

function makeGroup(player, title, names) {
  const group = element("fieldset"), legend = element("legend");
  legend.textContent = title;
  group.append(legend, ...names.map((name) => {
    const label = element("label"), box = element("input");
    Object.assign(box, { type: "checkbox", value: name, onchange: () => toggleJoint(player, name) });
    label.append(box, sayName(name));
    return label;
  }));
  return group;
}

function quickChoice({ clips }, choice) {
  const names = [...new Set(clips.flatMap((clip) => clip.joints))];
  const ending = QUICK[choice].find((part) => names.some((name) => name.endsWith(part)));
  return ending ? names.filter((name) => name.endsWith(ending)) : [];
}

function toggleJoint(player, name) {
  if (!player.chosen.delete(name)) player.chosen.add(name);
  requestPlots(player);
}

function choose(player, names) {
  player.chosen = new Set(names);
  requestPlots(player);
}

function togglePositions(player) {
  player.positions = player.panel.hidden;
  arrange(player);
  requestPlots(player);
}

// An empty plot teaches nothing: where the panel opens without a choice, it shows the hands.
function chooseForPositions(player) {
  if (!chosenIn(player, player.clips).length) choose(player, quickChoice(player, "hands"));
}

function showChosen(player) {
  const chosen = chosenIn(player, player.clips);
  for (const box of player.joints.querySelectorAll("input")) box.checked = player.chosen.has(box.value);
  player.joints.querySelector(".count").textContent = chosen.length > 3
    ? `${chosen.length} chosen` : chosen.map(sayName).join(", ");
}
