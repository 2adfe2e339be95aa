/** What our cards have in common: they draw what they looked at when that changes, and break alone. */

import { make, setAttribute, setText } from "./dom.js";
import { Look } from "./look.js";
import { prepareNames } from "./names.js";
import { STYLES } from "./styles.js";
import { word } from "./words.js";

export class EvenloadCard extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = STYLES;
    this.card = make("ha-card");
    // Readers then say whose "Charging allowed" it is.
    this.body = make("div", { class: "body", role: "group", "aria-labelledby": "title" });
    this.heading = make("h2", { id: "title" });
    this.fault = make("p", { class: "fault", role: "alert", hidden: true });
    this.card.append(this.body, this.fault);
    this.shadowRoot.append(this.card);
  }

  #look = null;
  #hass = null;
  #again = () => this.redraw();

  /** Take what the owner's dashboard says of this card. */
  setConfig(config) {
    if (!config.device_id) throw new Error(word(this.#hass, "choose_device"));
    this.config = config;
    this.#look = null;
    if (this.#hass) this.redraw();
  }

  get hass() {
    return this.#hass;
  }

  /** Take Home Assistant as it is now; most of what changes in it is of no concern here. */
  set hass(hass) {
    this.#hass = hass;
    if (this.config && (!this.#look || this.#look.isOld(hass))) this.redraw();
  }

  /** Draw what is now; a fault of ours is said in this card and leaves the others alone. */
  redraw() {
    const look = new Look(this.#hass);
    prepareNames(this.#hass, this.#again);
    try {
      this.draw(look);
      setAttribute(this.fault, "hidden", true);
      setAttribute(this.body, "hidden", false);
    } catch (error) {
      console.error("Evenload:", error);
      setText(this.fault, `${word(this.#hass, "not_drawn")} (${error.message})`);
      setAttribute(this.fault, "hidden", false);
      setAttribute(this.body, "hidden", true);
    }
    this.#look = look;
  }

  /** Open Home Assistant's dialog of an entity. */
  open(entityId) {
    const detail = { entityId };
    this.dispatchEvent(new CustomEvent("hass-more-info", { detail, bubbles: true, composed: true }));
  }

  getCardSize() {
    return 5;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  static getConfigForm() {
    return {
      schema: [{ name: "device_id", required: true, selector: { device: { integration: "evenload" } } }],
      computeLabel: () => word(document.querySelector("home-assistant")?.hass, "device"),
    };
  }
}
