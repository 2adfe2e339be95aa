/** A grid connection or a load balancing group: the fuse, line by line, and how it is shared. */

import { EvenloadCard } from "./card.js";
import { OF_CIRCUIT } from "./controls.js";
import { ControlsView } from "./controls-view.js";
import { make, setAttribute, setChildren, setText } from "./dom.js";
import { pastOf } from "./flows.js";
import { evsesBelow, houseOf } from "./house.js";
import { pictureOf } from "./picture.js";
import { PictureView } from "./picture-view.js";
import { planOf, sinceWhen } from "./plan.js";
import { PlanView } from "./plan-view.js";
import { wiringsOf } from "./wirings.js";
import { word } from "./words.js";

export class EvenloadCircuitCard extends EvenloadCard {
  constructor() {
    super();
    this.icon = make("ha-icon", { "aria-hidden": "true" });
    this.notes = make("ul", { class: "notes" });
    this.picture = new PictureView();
    this.plan = new PlanView();
    this.controls = new ControlsView(() => this.hass);
    const header = make("div", { class: "head" }, this.icon, make("div", {}, this.heading, this.notes));
    this.body.append(header, this.picture.node, this.plan.node, this.controls.first, this.controls.details);
  }

  static getStubConfig(hass) {
    return { device_id: houseOf(hass).circuits[0]?.id ?? "" };
  }

  #again = () => this.redraw();

  /** Draw the circuit as it is now. */
  draw(look) {
    const circuit = houseOf(look.hass).circuits.find(({ id }) => id === this.config.device_id);
    if (!circuit) throw new Error(word(look.hass, "choose_device"));
    setText(this.heading, this.config.name ?? circuit.name);
    setAttribute(this.icon, "icon", circuit.parent ? "mdi:scale-balance" : "mdi:transmission-tower");
    const notes = notesOf(look, circuit.entities);
    setAttribute(this.notes, "hidden", !notes.length);
    setChildren(this.notes, notes, () => make("li"), (node, { text, isAlert }) => {
      setText(node, text);
      setAttribute(node, "class", isAlert ? "alert" : null);
    });
    const wirings = wiringsOf(look.hass, this.#again);
    this.picture.update(look.hass, pictureOf(look, circuit, wirings));
    this.plan.update(look.hass, this.#plan(look, circuit));
    this.controls.update(look, OF_CIRCUIT, circuit.entities);
  }

  /** Return what is planned for the whole site; groups have it at their connectors. */
  #plan(look, circuit) {
    if (circuit.parent) return null;
    const planned = evsesBelow(circuit).filter(({ entities }) => look.state(entities.plan)?.attributes.slots?.length);
    if (!planned.length) return null;
    return planOf(look, planned, pastOf(look.hass, planned, sinceWhen(), this.#again));
  }
}

/** What deserves a word: too much flows, the meter is silent, who charges and who waits. */
function notesOf(look, ids) {
  const note = (key, isAlert = false) => ({ key, isAlert, text: `${look.name(ids[key])}: ${look.text(ids[key])}` });
  const notes = [];
  if (look.known(ids.overload)?.state === "on") notes.push(note("overload", true));
  if (["stale", "lost"].includes(look.known(ids.meter)?.state)) notes.push(note("meter", true));
  if (look.known(ids.watch_only)?.state === "on") notes.push(note("watch_only"));
  for (const key of ["active", "waiting"]) {
    const count = look.number(ids[key]);
    if (count) notes.push({ key, isAlert: false, text: `${look.name(ids[key])}: ${count}` });
  }
  return notes;
}
