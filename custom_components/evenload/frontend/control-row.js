/** One control with its name: a switch, a slider, a choice or a time; plain elements, so that keys and readers know them. */

import { make, setAttribute, setChildren, setStyle, setText } from "./dom.js";
import { word } from "./words.js";

// An arrow key is pressed many times, and a year is typed digit by digit; the station need not hear each.
const SETTLES_MS = { number: 500, datetime: 1500 };
// What a browser may have in the box while a number is typed.
const TYPED = { type: "number", inputmode: "decimal" };
// What was chosen is shown until it is so, or it has not become so.
const TRUSTED_MS = 4000;

/** Makes and updates the row of a control; `choose(control, value)` returns when that is done. */
export class ControlRow {
  constructor(choose) {
    this.#choose = choose;
  }

  #choose;
  #timer;
  #control;
  #chosen = null;

  /** Make the element of a control. */
  create(control, hass) {
    const id = `control-${control.key}`;
    this.node = make("div", { class: control.isTyped ? "control typed" : `control ${control.kind}` });
    this.label = make("label", { for: id });
    this.value = make("output", { for: id, class: "value" });
    const attributes = control.isTyped ? TYPED : ATTRIBUTES[control.kind];
    this.input = make(control.kind === "select" ? "select" : "input", { id, ...attributes });
    const slides = control.kind === "number" && !control.isTyped;
    this.node.append(this.label, ...(slides ? [this.value] : []), this.input);
    if (control.isTyped && control.unit) this.node.append(make("span", { class: "value" }, control.unit));
    if (control.kind === "datetime") this.#addClear(control, hass);
    if (slides) this.input.addEventListener("input", () => this.#slide());
    if (control.isTyped) this.input.addEventListener("input", () => this.#remember(this.input.value));
    this.input.addEventListener("change", () => this.#settle(SETTLES_MS[control.kind] ?? 0));
    return this.node;
  }

  /** Show what is now, unless it is being changed. */
  update(control) {
    this.#control = control;
    setText(this.label, control.name);
    this.input.disabled = control.disabled;
    if (control.kind === "select") setChildren(this.input, control.options, optionOf, updateOption);
    if (control.kind === "number") {
      for (const name of ["max", "step"]) setAttribute(this.input, name, control[name]);
    }
    if (this.clear) setAttribute(this.clear, "hidden", !control.value || control.disabled);
    setAttribute(this.input, "min", control.min);
    if (this.#chosen !== null && this.#chosen.value !== this.#now && Date.now() < this.#chosen.until) return;
    this.#chosen = null;
    this.#show();
  }

  get #now() {
    return this.#control.kind === "switch" ? this.#control.value === "on" : this.#control.value;
  }

  #show() {
    const { kind, text, value } = this.#control;
    if (kind === "switch") this.input.checked = value === "on";
    else if (this.input.value !== value) this.input.value = value;
    if (kind !== "number" || this.#control.isTyped) return;
    setText(this.value, text);
    setAttribute(this.input, "aria-valuetext", text);
    this.#fill();
  }

  /** Colour the part of a slider that is left of its thumb. */
  #fill() {
    const { min, max } = this.#control;
    const part = max > min ? (Number(this.input.value) - min) / (max - min) : 0;
    setStyle(this.input, "--at", String(Math.min(1, Math.max(0, part))));
  }

  #slide() {
    this.#remember(this.input.value);
    const unit = this.#control.text.replace(/^[-\d.,'’\s]+/, "");
    const text = `${this.input.value} ${unit}`.trim();
    setText(this.value, text);
    setAttribute(this.input, "aria-valuetext", text);
    this.#fill();
  }

  #remember(value) {
    this.#chosen = { value, until: Date.now() + TRUSTED_MS };
  }

  #settle(after) {
    clearTimeout(this.#timer);
    // A year that is not complete, or a time that is over.
    if (!this.input.validity.valid || (this.#control.isTyped && this.input.value === "")) return;
    const value = this.#control.kind === "switch" ? this.input.checked : this.input.value;
    this.#remember(value);
    this.#timer = setTimeout(() => this.#send(value), after);
  }

  async #send(value) {
    try {
      await this.#choose(this.#control, value);
    } catch {
      // Home Assistant has said why; what holds is shown again.
      this.#chosen = null;
      this.#show();
    }
  }

  #addClear(control, hass) {
    const name = word(hass, "clear");
    this.clear = make("button", { type: "button", class: "clear", "aria-label": `${name}: ${control.name}`, title: name }, "\u2715");
    this.clear.addEventListener("click", () => {
      this.input.value = "";
      this.input.focus();
      this.#settle(0);
    });
    this.node.append(this.clear);
  }
}

const ATTRIBUTES = {
  switch: { type: "checkbox", role: "switch" },
  number: { type: "range" },
  datetime: { type: "datetime-local" },
  select: {},
};

function optionOf({ key }) {
  return make("option", { value: key });
}

function updateOption(node, { text }) {
  setText(node, text);
}
