/** Draws what flows through a circuit: a bar for each line, and beneath them the same as a table. */

import { make, setAttribute, setChildren, setStyle, setText } from "./dom.js";
import { number, quantity } from "./numbers.js";
import { laneOf } from "./picture.js";
import { word } from "./words.js";

const COLORS = ["blue", "orange", "purple", "teal", "pink", "indigo", "cyan", "brown"];
// The house, and what is told together.
const NO_VEHICLE = "var(--secondary-text-color)";

/** Return the colour of a connector; the next one after the last begins anew. */
export function colorOf(index) {
  return index === null ? NO_VEHICLE : `var(--${COLORS[index % COLORS.length]}-color)`;
}

export class PictureView {
  constructor() {
    this.bars = make("div", { class: "bars" });
    this.head = make("tr");
    this.rows = make("tbody");
    this.table = make("table", {}, make("thead", {}, this.head), this.rows);
    this.node = make("div", { class: "picture" }, this.bars, this.table);
  }

  /** Show a picture as `pictureOf` makes it. */
  update(hass, picture) {
    setChildren(this.bars, picture.lines.map((line) => ({ key: line.name, line })), createBar, (node, { line }) =>
      updateBar(hass, node, line),
    );
    this.#updateTable(hass, picture);
  }

  #updateTable(hass, { lines, rows, unit }) {
    const columns = [word(hass, "part"), ...lines.map((line) => line.name)];
    setChildren(this.head, columns.map((text, key) => ({ key, text })), createHeading, (node, { text }) => setText(node, text));
    const all = [
      ...rows.map((row) => ({ key: row.id, ...row })),
      { key: "left", name: word(hass, "left"), isLeft: true, values: lines.map((line) => line.left) },
    ];
    setChildren(this.rows, all, createRow, (node, row) => updateRow(hass, node, row, unit));
  }
}

function createBar() {
  const bar = make("div", { class: "bar" });
  bar.parts = {
    name: make("span", { class: "line" }),
    track: make("div", { class: "track", "aria-hidden": "true" }),
    left: make("i", { class: "left" }),
    taken: make("div", { class: "lane" }),
    given: make("div", { class: "lane given" }),
    zero: make("i", { class: "zero" }),
    limit: make("i", { class: "limit" }),
    sum: make("span", { class: "sum" }),
  };
  const { name, track, left, taken, given, zero, limit, sum } = bar.parts;
  track.append(left, taken, given, zero, limit);
  bar.append(name, track, sum);
  return bar;
}

function updateBar(hass, bar, line) {
  const { name, left, taken, given, zero, limit, sum } = bar.parts;
  const lane = laneOf(line);
  setText(name, line.name);
  span(left, lane.left);
  setChildren(taken, lane.taken, createPart, updatePart);
  setChildren(given, lane.given, createPart, updatePart);
  setAttribute(given, "hidden", !lane.given.length);
  setAttribute(zero, "hidden", lane.zero <= 0);
  setStyle(zero, "inset-inline-start", percent(lane.zero));
  setAttribute(limit, "hidden", lane.limit === null);
  setStyle(limit, "inset-inline-start", percent(lane.limit ?? 0));
  setText(sum, sumOf(hass, line));
  setAttribute(bar, "class", line.isOver ? "bar over" : "bar");
}

/** Return what flows, of how much may. */
function sumOf(hass, { net, limit, unit }) {
  if (limit === null) return quantity(hass, net, unit);
  const used = unit === "A" ? number(hass, net, 1) : quantity(hass, net, unit);
  return word(hass, "axis", { used, limit: quantity(hass, limit, unit, 0) });
}

function createPart() {
  return make("i", { class: "part" });
}

function updatePart(node, part) {
  setStyle(node, "background-color", colorOf(part.index));
  span(node, part);
}

function span(node, { from, to }) {
  setStyle(node, "inset-inline-start", percent(from));
  setStyle(node, "width", percent(Math.max(0, to - from)));
}

function percent(value) {
  return `${value.toFixed(2)}%`;
}

function createHeading({ key }) {
  return make("th", { scope: "col", class: key ? null : "hidden" });
}

function createRow(row) {
  const swatch = make("i", { class: row.isLeft ? "swatch left" : "swatch", "aria-hidden": "true" });
  const node = make("tr", {}, make("th", { scope: "row" }, swatch, make("span")));
  if (!row.isLeft) swatch.style.backgroundColor = colorOf(row.index);
  return node;
}

function updateRow(hass, node, row, unit) {
  const heading = node.firstElementChild;
  setText(heading.lastElementChild, row.name);
  const cells = row.values.map((value) => quantity(hass, value, unit));
  while (node.children.length > cells.length + 1) node.lastElementChild.remove();
  cells.forEach((text, place) => setText(node.children[place + 1] ?? node.appendChild(make("td")), text));
}
