/** The controls of a card: those used daily, and the others folded away. */

import { act, controlsOf } from "./controls.js";
import { ControlRow } from "./control-row.js";
import { make, setAttribute, setChildren, setText } from "./dom.js";
import { word } from "./words.js";

export class ControlsView {
  /** `hassOf` returns Home Assistant as it is when something is chosen. */
  constructor(hassOf) {
    this.#hassOf = hassOf;
    this.first = make("div", { class: "controls" });
    this.summary = make("summary");
    this.more = make("div", { class: "controls" });
    this.details = make("details", {}, this.summary, this.more);
  }

  #hassOf;
  #rows = new WeakMap();

  /** Show the controls of these keys; `above` are the circuits that a connector is behind. */
  update(look, keys, ids, above = []) {
    this.#fill(this.first, controlsOf(look, keys.first, ids, above), look);
    const more = controlsOf(look, keys.more, ids, above);
    setText(this.summary, word(look.hass, "more"));
    setAttribute(this.details, "hidden", !more.length);
    this.#fill(this.more, more, look);
  }

  #fill(parent, controls, look) {
    const create = (control) => {
      const row = new ControlRow((...chosen) => act(this.#hassOf(), ...chosen));
      const node = row.create(control, look.hass);
      this.#rows.set(node, row);
      return node;
    };
    setAttribute(parent, "hidden", !controls.length);
    setChildren(parent, controls, create, (node, control) => this.#rows.get(node).update(control));
  }
}
