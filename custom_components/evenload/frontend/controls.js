/** What the owner can change of a circuit or a connector, and the action that changes it. */

import { instant, wallClock, zoneOf } from "./times.js";

export const OF_CIRCUIT = { first: ["limit", "strategy"], more: ["cap", "watch_only"] };
export const OF_EVSE = {
  first: ["charging_allowed", "boost", "v2g_mode", "departure", "priority"],
  more: ["maximum_current", "maximum_power", "phases", "discharge_limit", "minimum_soc"],
};

/** Return the controls that there are, by the entities of a device. */
export function controlsOf(look, keys, ids) {
  return keys.filter((key) => look.state(ids[key])).map((key) => controlOf(look, key, ids[key]));
}

function controlOf(look, key, id) {
  const state = look.state(id);
  const [kind] = id.split(".");
  const isThere = state.state !== "unavailable";
  const value = isThere && state.state !== "unknown" ? state.state : "";
  const control = { key, id, kind, name: look.name(id), value, text: isThere ? look.text(id) : "", disabled: !isThere };
  if (kind === "number") {
    const { min, max, step } = state.attributes;
    return { ...control, min, max, step };
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
