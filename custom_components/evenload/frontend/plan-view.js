/** Draws a plan as a strip: sun behind, planned power as bars (down: out of the vehicle), the price as a line. */

import { make, setAttribute, setText } from "./dom.js";
import { number, quantity } from "./numbers.js";
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 40;

export class PlanView {
  constructor() {
    this.title = make("h3");
    this.strip = document.createElementNS(SVG, "svg");
    setAttribute(this.strip, "viewBox", `0 0 100 ${HEIGHT}`);
    setAttribute(this.strip, "preserveAspectRatio", "none");
    setAttribute(this.strip, "role", "img");
    this.begin = make("span");
    this.end = make("span");
    this.legend = make("p", { class: "legend" });
    const times = make("div", { class: "times" }, this.begin, this.end);
    this.node = make("section", { class: "plan", hidden: true }, this.title, this.strip, times, this.legend);
  }

  #drawn;

  /** Show a plan as `planOf` makes it; null hides it. */
  update(hass, plan) {
    setAttribute(this.node, "hidden", !plan);
    if (!plan) return;
    setText(this.title, word(hass, "plan"));
    setText(this.begin, plan.from);
    setText(this.end, plan.to);
    setText(this.legend, legendOf(hass, plan));
    setAttribute(this.strip, "aria-label", `${word(hass, "plan")}, ${plan.from} – ${plan.to}. ${legendOf(hass, plan)}`);
    const drawn = JSON.stringify(plan);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.strip.replaceChildren(...shapesOf(plan));
  }
}

/** What there is to see, and how much the greatest of it is. */
function legendOf(hass, { most, priceUnit }) {
  const told = [];
  if (most.power) told.push(`${word(hass, "planned")} ≤ ${quantity(hass, most.power, "W")}`);
  if (most.sun) told.push(`${word(hass, "sun")} ≤ ${quantity(hass, most.sun, "W")}`);
  if (most.price) told.push(`${word(hass, "price")} ≤ ${number(hass, most.price, 2)} ${priceUnit}`.trim());
  return told.join(" · ");
}

function shapesOf({ slots, now }) {
  const gives = slots.some((slot) => slot.power < 0);
  const ground = gives ? HEIGHT / 2 : HEIGHT;
  const height = (share) => share * (ground - 2);
  const shapes = [];
  for (const { from, to, sun } of slots) {
    if (sun) shapes.push(shape("rect", "sun", { x: from, width: to - from, y: ground - height(sun), height: height(sun) }));
  }
  for (const { from, to, power } of slots) {
    if (!power) continue;
    const size = height(Math.abs(power));
    const y = power > 0 ? ground - size : ground;
    shapes.push(shape("rect", power > 0 ? "power" : "power back", { x: from, width: (to - from) * 0.85, y, height: size }));
  }
  const price = slots.filter((slot) => slot.price !== null);
  const points = price.flatMap(({ from, to, price: share }) => [from, to].map((x) => `${x},${ground - height(share)}`));
  if (points.length) shapes.push(shape("polyline", "price", { points: points.join(" ") }));
  shapes.push(shape("line", "now", { x1: now, x2: now, y1: 0, y2: HEIGHT }));
  return shapes;
}

function shape(tag, kind, attributes) {
  const node = document.createElementNS(SVG, tag);
  setAttribute(node, "class", kind);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  return node;
}
