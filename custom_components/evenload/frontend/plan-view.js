/** Draws a plan and what became of it: sun behind, planned power as bars (down: out of the vehicle), price and real power as lines. */

import { make, setAttribute, setChildren, setStyle, setText } from "./dom.js";
import { number, quantity } from "./numbers.js";
import { colorOf } from "./picture-view.js";
import { shortTime } from "./times.js";
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 60;
// So that the greatest is not at the very edge.
const EDGE = 3;
// More is more than anybody reads.
const RUNS = 4;

export class PlanView {
  constructor() {
    this.title = make("h3");
    this.runs = make("p", { class: "runs" });
    this.strip = document.createElementNS(SVG, "svg");
    setAttribute(this.strip, "viewBox", `0 0 100 ${HEIGHT}`);
    setAttribute(this.strip, "preserveAspectRatio", "none");
    setAttribute(this.strip, "role", "img");
    this.times = make("div", { class: "times", "aria-hidden": "true" });
    this.legend = make("ul", { class: "legend" });
    this.node = make("section", { class: "plan", hidden: true }, this.title, this.runs, this.strip, this.times, this.legend);
  }

  #drawn;

  /** Show a plan as `planOf` makes it; null hides it. */
  update(hass, plan) {
    setAttribute(this.node, "hidden", !plan);
    if (!plan) return;
    setText(this.title, word(hass, "plan"));
    setText(this.runs, runsOf(hass, plan));
    setStyle(this.legend, "--evenload-color", colorOf(plan.index));
    const legend = legendOf(hass, plan);
    setChildren(this.legend, legend, createEntry, (node, { text }) => setText(node.lastElementChild, text));
    const told = [`${word(hass, "plan")}, ${plan.from} – ${plan.to}`, runsOf(hass, plan), ...legend.map(({ text }) => text)];
    setAttribute(this.strip, "aria-label", told.join(". "));
    setChildren(this.times, ticksOf(plan), () => make("span"), (node, { at, text }) => {
      setText(node, text);
      setStyle(node, "inset-inline-start", `${at.toFixed(2)}%`);
    });
    const drawn = JSON.stringify(plan);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.strip.replaceChildren(...shapesOf(plan));
  }
}

/** When something is planned, and how much. */
function runsOf(hass, { runs }) {
  if (!runs.length) return word(hass, "plan_nothing");
  const told = runs.slice(0, RUNS).map(({ from, to, w, varies, isFar }) => {
    const begin = shortTime(hass, from, isFar ? undefined : new Date(from));
    const power = varies ? upTo(hass, Math.abs(w)) : quantity(hass, Math.abs(w), "W");
    const when = `${begin}\u2060–\u2060${shortTime(hass, to, new Date(to))}`;
    // As far as there is room, no line ends within it.
    return `${when} ${w < 0 ? word(hass, "feeds_back", { power }) : power}`.replaceAll(" ", "\u00a0");
  });
  return told.join(", ") + (runs.length > RUNS ? " …" : "");
}

function upTo(hass, w) {
  return word(hass, "up_to", { power: quantity(hass, w, "W") });
}

/** What there is to see, and how much the greatest of it is. */
function legendOf(hass, { most, price, flowed }) {
  const entries = [{ key: "power", text: `${word(hass, "planned")} ${upTo(hass, most.power)}` }];
  if (flowed.length) entries.push({ key: "flowed", text: `${word(hass, "flowed")} ${upTo(hass, most.flowed)}` });
  if (most.sun) entries.push({ key: "sun", text: `${word(hass, "sun")} ${upTo(hass, most.sun)}` });
  if (price) {
    const range = `${number(hass, price.least, 2)}–${number(hass, price.most, 2)} ${price.unit}`.trim();
    entries.push({ key: "price", text: `${word(hass, "price")} ${range}` });
  }
  return entries;
}

function createEntry({ key }) {
  return make("li", {}, make("i", { class: key, "aria-hidden": "true" }), make("span"));
}

function ticksOf({ ticks, begin, end }) {
  const at = (time) => (100 * (time - begin)) / (end - begin);
  // One at the very end would be cut off.
  return ticks.map((tick) => ({ key: tick.at, text: tick.text, at: at(tick.at) })).filter((tick) => tick.at < 92);
}

function shapesOf({ slots, over, flowed, ticks, begin, end, now, top, bottom, price }) {
  const x = (time) => (100 * (time - begin)) / (end - begin);
  const span = top - bottom || 1;
  const y = (w) => EDGE + ((HEIGHT - 2 * EDGE) * (top - w)) / span;
  const box = (kind, from, to, low, high) => shape("rect", kind, { x: x(from), width: x(to) - x(from), y: y(high), height: y(low) - y(high) });
  const shapes = ticks.map(({ at }) => shape("line", "tick", { x1: x(at), x2: x(at), y1: 0, y2: HEIGHT }));
  for (const { from, to, sun } of slots) if (sun) shapes.push(box("sun", from, to, 0, sun));
  const bar = (from, to, part) => {
    const node = box(part.to > part.from ? "power" : "power back", from, to, Math.min(part.from, part.to), Math.max(part.from, part.to));
    node.style.fill = colorOf(part.index);
    return node;
  };
  shapes.push(...over.map(({ from, to, index, w }) => bar(from, to, { index, from: 0, to: w })));
  for (const { from, to, parts } of slots) shapes.push(...parts.map((part) => bar(from, to, part)));
  shapes.push(shape("line", "ground", { x1: 0, x2: 100, y1: y(0), y2: y(0) }));
  if (price) {
    const width = price.most - price.least || 1;
    const height = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - price.least)) / width;
    shapes.push(...steps("price", slots.filter((slot) => slot.price !== null), x, (slot) => height(slot.price)));
  }
  shapes.push(...steps("flowed", flowed, x, ({ w }) => y(w)));
  shapes.push(shape("line", "now", { x1: x(now), x2: x(now), y1: 0, y2: HEIGHT }));
  return shapes;
}

/** Return lines in steps: one for each stretch without a gap. */
function steps(kind, parts, x, y) {
  const stretches = [];
  let last = null;
  for (const part of parts) {
    if (!last || part.from > last.to) stretches.push([]);
    stretches.at(-1).push(`${x(part.from)},${y(part)}`, `${x(part.to)},${y(part)}`);
    last = part;
  }
  return stretches.map((points) => shape("polyline", kind, { points: points.join(" ") }));
}

function shape(tag, kind, attributes) {
  const node = document.createElementNS(SVG, tag);
  setAttribute(node, "class", kind);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  return node;
}
