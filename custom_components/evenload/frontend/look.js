/** Looks at states and remembers which: only when one of these changes, is there something to draw. */

import { entityName } from "./names.js";

const UNKNOWN = new Set(["unknown", "unavailable"]);
// What is not a state, and changes what is drawn all the same.
const BESIDES = ["entities", "devices", "locale", "language", "formatEntityState", "formatEntityName"];
// The owner may have a sensor shown in another unit than ours.
const FACTORS = { A: 1, mA: 0.001, W: 1, mW: 0.001, kW: 1000, MW: 1e6 };

export class Look {
  constructor(hass) {
    this.hass = hass;
    this.#besides = BESIDES.map((name) => hass[name]);
  }

  #besides;
  #seen = new Map();

  /** Return the state object of an entity; undefined where there is none. */
  state(id) {
    if (!id) return undefined;
    const state = this.hass.states[id];
    this.#seen.set(id, state);
    return state;
  }

  /** Return the state object of an entity that has something to say. */
  known(id) {
    const state = this.state(id);
    return state && !UNKNOWN.has(state.state) ? state : undefined;
  }

  /** Return a number in amperes or watts, or as it is; null where there is none. */
  number(id) {
    const state = this.known(id);
    const value = state ? Number.parseFloat(state.state) : Number.NaN;
    if (!Number.isFinite(value)) return null;
    return value * (FACTORS[state.attributes.unit_of_measurement] ?? 1);
  }

  /** Return what an entity says, in the user's language. */
  text(id) {
    const state = this.state(id);
    return state ? this.hass.formatEntityState(state) : "";
  }

  /** Return what an entity is called, without its device, in the user's language. */
  name(id) {
    const state = this.state(id);
    return state ? entityName(this.hass, state) : "";
  }

  /** Whether anything that was looked at is another one now. */
  isOld(hass) {
    if (BESIDES.some((name, index) => hass[name] !== this.#besides[index])) return true;
    for (const [id, state] of this.#seen) if (hass.states[id] !== state) return true;
    return false;
  }
}
