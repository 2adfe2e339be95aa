/** Makes a dashboard, or a view of one, of everything that Evenload has: nothing is kept, so what is added later is there. */

import { houseOf } from "./house.js";
import { word } from "./words.js";

// As many columns as Home Assistant's own new dashboards have.
const MOST_COLUMNS = 4;
// A whole column, in the unit of cards.
const COLUMN = 12;
// With so few connectors of its own, a grid connection has room for a larger picture.
const FEW = 2;

/** Return the view of the whole house. Options: `title`, `hidden` and `order`, both lists of devices. */
export function viewOf(config, hass) {
  const { circuits } = houseOf(hass);
  const hidden = new Set(config.hidden ?? []);
  const sections = inOrder(shown(circuits, hidden), config.order ?? []).map((circuit) => sectionOf(circuit, hidden, config));
  return {
    title: config.title ?? "Evenload",
    path: "evenload",
    icon: "mdi:ev-station",
    type: "sections",
    max_columns: MOST_COLUMNS,
    sections: sections.length ? sections : [nothing(hass)],
  };
}

/** Leave out what is hidden, and what hangs on that. */
function shown(circuits, hidden) {
  const gone = new Set(hidden);
  return circuits.filter((circuit) => {
    // Parents come first.
    if (gone.has(circuit.parent)) gone.add(circuit.id);
    return !gone.has(circuit.id);
  });
}

/** Put those that are named first, in their order; the others stay in theirs. */
function inOrder(things, order) {
  const place = ({ id }) => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...things].sort((one, other) => place(one) - place(other));
}

function sectionOf(circuit, hidden, config) {
  const evses = inOrder(circuit.evses.filter(({ id }) => !hidden.has(id)), config.order ?? []);
  const width = circuit.parent || evses.length > FEW ? 1 : 2;
  return {
    type: "grid",
    column_span: Math.min(MOST_COLUMNS, width + evses.length),
    cards: [card("evenload-circuit-card", circuit, width), ...evses.map((evse) => card("evenload-evse-card", evse))],
  };
}

function card(type, { id }, width = 1) {
  return { type: `custom:${type}`, device_id: id, grid_options: { columns: width * COLUMN } };
}

function nothing(hass) {
  return { type: "grid", cards: [{ type: "markdown", content: word(hass, "not_set_up") }] };
}

class Strategy extends HTMLElement {
  /** Names and states change without another layout: only what was added, removed or moved is worth drawing all anew. */
  static shouldRegenerate(config, before, now) {
    if (before.entities === now.entities && before.devices === now.devices) return false;
    return JSON.stringify(viewOf(config, before)) !== JSON.stringify(viewOf(config, now));
  }

  static async getConfigElement() {
    await import("./strategy-editor.js");
    return document.createElement("evenload-strategy-editor");
  }
}

export class EvenloadViewStrategy extends Strategy {
  /** Home Assistant asks for the view when it is opened. */
  static async generate(config, hass) {
    return viewOf(config, hass);
  }
}

export class EvenloadDashboardStrategy extends Strategy {
  /** The dashboard has one view. */
  static async generate(config, hass) {
    return { title: config.title ?? "Evenload", views: [viewOf(config, hass)] };
  }

  /** What Home Assistant proposes when it asks for a name of the new dashboard. */
  static getCreateSuggestions() {
    return { title: "Evenload", icon: "mdi:ev-station" };
  }
}
