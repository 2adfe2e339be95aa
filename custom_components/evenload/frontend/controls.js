/** What the owner can change of a circuit or a connector, and the action that changes it. */

import { instant, wallClock, zoneOf } from "./times.js";

export const OF_CIRCUIT = { first: ["limit", "strategy"], more: ["cap", "watch_only"] };
export const OF_EVSE = {
  first: ["charging_allowed", "boost", "charge_mode", "departure", "target_soc", "price_limit", "priority", "v2g_mode"],
  more: ["maximum_current", "maximum_power", "phases", "discharge_limit", "minimum_soc"],
};
// A slider of more steps hits none of them.
const MOST_STEPS = 256;
// In which charging modes a number counts.
const COUNTS_IN = { price_limit: ["price_limit"], target_soc: ["solar", "minimum_solar", "cheapest", "price_limit", "plan_v2g"] };

// What counts only where a circuit is shared in one way.
const COUNTS_WHERE = { priority: "priority" };

/** Return the controls that there are, by the entities of a device; `above` are the circuits that it is behind. */
export function controlsOf(look, keys, ids, above = []) {
  const there = keys.filter((key) => look.state(ids[key]) && counts(look, key, ids) && isAskedFor(look, key, above));
  return there.map((key) => controlOf(look, key, ids[key]));
}

/** Whether any circuit above is shared by what this sets; where nobody says how it is shared, that may be. */
function isAskedFor(look, key, above) {
  const strategy = COUNTS_WHERE[key];
  if (!strategy || !above.length) return true;
  // All are looked at: any of them may be shared otherwise in the next moment.
  const ways = above.map(({ entities }) => look.known(entities.strategy)?.state ?? strategy);
  return ways.includes(strategy);
}

function counts(look, key, ids) {
  const mode = look.known(ids.charge_mode)?.state;
  return !mode || !COUNTS_IN[key] || COUNTS_IN[key].includes(mode);
}

function controlOf(look, key, id) {
  const state = look.state(id);
  const [kind] = id.split(".");
  const isThere = state.state !== "unavailable";
  const value = isThere && state.state !== "unknown" ? state.state : "";
  const control = { key, id, kind, name: look.name(id), value, text: isThere ? look.text(id) : "", disabled: !isThere };
  if (kind === "number") {
    const { min, max, step, unit_of_measurement: unit } = state.attributes;
    return { ...control, min, max, step, unit, isTyped: (max - min) / step > MOST_STEPS };
  }
  if (kind === "select") {
    const options = state.attributes.options ?? [];
    return { ...control, options: options.map((option) => ({ key: option, text: look.hass.formatEntityState(state, option) })) };
  }
  if (kind === "datetime") {
    const zone = zoneOf(look.hass);
    return { ...control, value: value && wallClock(new Date(value), zone), min: wallClock(new Date(), zone) };
  }
  return control;
}

/** Have Home Assistant do what was chosen; it says itself what went wrong. */
export async function act(hass, control, chosen) {
  const [service, data] = serviceOf(hass, control, chosen);
  await hass.callService(control.kind, service, data, { entity_id: control.id });
}

function serviceOf(hass, { kind }, chosen) {
  switch (kind) {
    case "switch":
      return [chosen ? "turn_on" : "turn_off", {}];
    case "select":
      return ["select_option", { option: chosen }];
    case "number":
      return ["set_value", { value: Number(chosen) }];
    default:
      // A time that is over is none.
      return ["set_value", { datetime: (instant(chosen, zoneOf(hass)) ?? new Date(0)).toISOString() }];
  }
}
