/** Tells Home Assistant of our cards and our dashboard; everything else is fetched from beside this file. */

import { EvenloadCircuitCard } from "./circuit-card.js";
import { EvenloadEvseCard } from "./evse-card.js";
import { EvenloadDashboardStrategy, EvenloadViewStrategy } from "./strategy.js";
import { word } from "./words.js";

const hass = () => document.querySelector("home-assistant")?.hass;

/** A browser that was open while Evenload was updated has the earlier ones: they stay until the page is loaded again. */
function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

function offer(list, entries) {
  window[list] = window[list] ?? [];
  for (const entry of entries) {
    if (!window[list].some(({ type, strategyType }) => type === entry.type && strategyType === entry.strategyType)) {
      window[list].push(entry);
    }
  }
}

/** The words are looked up when they are shown: by then the user's language is known. */
function entry(type, name, about, more = {}) {
  return {
    type,
    get name() {
      return name ? word(hass(), name) : "Evenload";
    },
    get description() {
      return word(hass(), about);
    },
    ...more,
  };
}

define("evenload-circuit-card", EvenloadCircuitCard);
define("evenload-evse-card", EvenloadEvseCard);
define("ll-strategy-dashboard-evenload", EvenloadDashboardStrategy);
define("ll-strategy-view-evenload", EvenloadViewStrategy);

offer("customCards", [
  entry("evenload-circuit-card", "card_circuit", "card_circuit_about", { preview: true }),
  entry("evenload-evse-card", "card_evse", "card_evse_about", { preview: true }),
]);
offer("customStrategies", [entry("evenload", "", "dashboard_about", { strategyType: "dashboard" })]);
