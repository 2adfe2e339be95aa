/** One connector: what it does, why it gets what it gets, what is planned, and what can be changed. */

import { EvenloadCard } from "./card.js";
import { OF_EVSE } from "./controls.js";
import { ControlsView } from "./controls-view.js";
import { make, setAttribute, setChildren, setStyle, setText } from "./dom.js";
import { factsOf } from "./facts.js";
import { pastOf } from "./flows.js";
import { circuitsAbove, houseOf } from "./house.js";
import { colorOf } from "./picture-view.js";
import { planOf, sinceWhen } from "./plan.js";
import { PlanView } from "./plan-view.js";
import { word } from "./words.js";

export class EvenloadEvseCard extends EvenloadCard {
  constructor() {
    super();
    this.icon = make("ha-icon", { "aria-hidden": "true" });
    this.status = make("button", { type: "button", class: "plain" });
    this.power = make("button", { type: "button", class: "plain power" });
    this.status.addEventListener("click", () => this.open(this.#facts.status.id));
    this.power.addEventListener("click", () => this.open(this.#facts.power.id));
    this.reasons = make("ul", { class: "reasons" });
    this.rows = make("ul", { class: "facts" });
    this.plan = new PlanView();
    this.controls = new ControlsView(() => this.hass);
    const header = make("div", { class: "head" }, this.icon, make("div", {}, this.heading, this.status), this.power);
    this.body.append(header, this.reasons, this.rows, this.plan.node, this.controls.first, this.controls.details);
  }

  #facts;
  #again = () => this.redraw();

  static getStubConfig(hass) {
    return { device_id: houseOf(hass).evses[0]?.id ?? "" };
  }

  /** Draw the connector as it is now. */
  draw(look) {
    const house = houseOf(look.hass);
    const evse = house.evses.find(({ id }) => id === this.config.device_id);
    if (!evse) throw new Error(word(look.hass, "choose_device"));
    const facts = factsOf(look, evse);
    this.#facts = facts;
    this.#drawHeader(facts, this.config.name ?? evse.name, evse.index);
    setAttribute(this.reasons, "hidden", !facts.reasons.length);
    setChildren(this.reasons, facts.reasons, (row) => this.#createRow(row), updateRow);
    setAttribute(this.rows, "hidden", !facts.rows.length);
    setChildren(this.rows, facts.rows, (row) => this.#createRow(row), updateRow);
    this.plan.update(look.hass, this.#plan(look, evse));
    this.controls.update(look, OF_EVSE, evse.entities, circuitsAbove(house, evse));
  }

  #plan(look, evse) {
    if (!look.state(evse.entities.plan)?.attributes.slots?.length) return null;
    return planOf(look, [evse], pastOf(look.hass, [evse], sinceWhen(), this.#again));
  }

  #drawHeader(facts, name, index) {
    setText(this.heading, name);
    setAttribute(this.icon, "icon", facts.status.icon);
    setStyle(this.icon, "--evenload-color", facts.isAlert ? "var(--error-color)" : colorOf(index));
    setText(this.status, facts.status.text);
    setAttribute(this.status, "aria-label", told(facts.status));
    setAttribute(this.status, "class", facts.isAlert ? "plain alert" : "plain");
    setAttribute(this.power, "hidden", !facts.power);
    setText(this.power, facts.power?.text);
    setAttribute(this.power, "aria-label", facts.power && told(facts.power));
    setAttribute(this.power, "class", facts.isFeedingBack ? "plain power back" : "plain power");
  }

  #createRow({ id }) {
    const row = make("button", { type: "button", class: "plain" }, make("span", { class: "name" }), make("span", { class: "value" }));
    row.addEventListener("click", () => this.open(id));
    return make("li", {}, row);
  }
}

/** A value alone says not what it is to who sees nothing else. */
function told({ name, text }) {
  return `${name}: ${text}`;
}

function updateRow(node, { name, text }) {
  const [label, value] = node.firstElementChild.children;
  setText(label, name);
  setText(value, text);
  setAttribute(node.firstElementChild, "aria-label", told({ name, text }));
}
