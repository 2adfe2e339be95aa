/** The form of the dashboard's options, made of Home Assistant's own. */

import { make } from "./dom.js";
import { word } from "./words.js";

const DEVICES = { device: { multiple: true, integration: "evenload" } };
const SCHEMA = [
  { name: "title", selector: { text: {} } },
  { name: "order", selector: DEVICES },
  { name: "hidden", selector: DEVICES },
];

/** Home Assistant fetches its forms when one of its own editors needs them. */
async function fetchForms() {
  if (customElements.get("ha-form")) return;
  const { createCardElement } = await window.loadCardHelpers();
  await createCardElement({ type: "button" }).constructor.getConfigElement();
}

class EvenloadStrategyEditor extends HTMLElement {
  constructor() {
    super();
    this.form = make("ha-form");
    Object.assign(this.form, { schema: SCHEMA, computeLabel: ({ name }) => word(this.form.hass, name) });
    this.form.addEventListener("value-changed", (event) => this.#changed(event));
    fetchForms().then(() => this.append(this.form));
  }

  #config = {};

  setConfig(config) {
    this.#config = config;
    const { title, order, hidden } = config;
    this.form.data = { title, order, hidden };
  }

  set hass(hass) {
    this.form.hass = hass;
  }

  #changed(event) {
    event.stopPropagation();
    const config = { ...this.#config, ...event.detail.value };
    for (const { name } of SCHEMA) if (!config[name]?.length) delete config[name];
    this.dispatchEvent(new CustomEvent("config-changed", { detail: { config }, bubbles: true, composed: true }));
  }
}

// An earlier edition of this file may have been loaded before Evenload was updated.
if (!customElements.get("evenload-strategy-editor")) customElements.define("evenload-strategy-editor", EvenloadStrategyEditor);
