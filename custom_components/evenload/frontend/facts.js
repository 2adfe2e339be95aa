/** What a connector says of itself: rows of a name and a value, and only those that say something. */

import { shortTime } from "./times.js";
import { pauseReason, word } from "./words.js";

const ICONS = {
  available: "mdi:ev-station",
  preparing: "mdi:ev-plug-type2",
  charging: "mdi:battery-charging",
  suspended_ev: "mdi:battery-check",
  suspended_evse: "mdi:pause-circle",
  finishing: "mdi:ev-plug-type2",
  reserved: "mdi:calendar-clock",
  out_of_service: "mdi:cancel",
  faulted: "mdi:alert-circle",
};
const ALERTS = new Set(["faulted", "out_of_service", "unavailable"]);
const NO_ERROR = "no_error";
// Modes in which nobody expects a vehicle to give anything.
const QUIET = new Set(["off", "charge_only"]);

const ROWS = [
  { key: "allotment" },
  { key: "allowed_power" },
  { key: "setpoint", when: wantsToGive },
  { key: "soc" },
  { key: "session_energy" },
  { key: "session_duration" },
  { key: "energy_export", when: (look, { v2g_mode: mode }) => Boolean(mode) },
  { key: "discharges_until", text: timeOf },
  { key: "discharge_left" },
  { key: "queue_position" },
  { key: "next_turn", text: timeOf },
  // Where a plan alone holds a vehicle back, both say the same.
  { key: "next_start", text: timeOf, when: (look, ids) => look.known(ids.next_turn)?.state !== look.known(ids.next_start).state },
  { key: "full_at", text: timeOf },
  { key: "planned_cost" },
  { key: "shortfall", when: (look, { shortfall }) => look.number(shortfall) > 0 },
];

/** Return what a connector is doing: its state, its power, why it gets what it gets, and the rest in rows. */
export function factsOf(look, evse) {
  const ids = evse.entities;
  const status = look.state(ids.status);
  const power = look.number(ids.power);
  const isFeedingBack = look.known(ids.discharging)?.state === "on";
  return {
    status: {
      id: ids.status,
      name: look.name(ids.status),
      // To a station a vehicle charges in either direction.
      text: isFeedingBack ? look.name(ids.discharging) : look.text(ids.status),
      icon: isFeedingBack ? "mdi:home-battery" : (ICONS[status?.state] ?? "mdi:ev-station"),
    },
    isAlert: ALERTS.has(status?.state),
    isFeedingBack,
    power: power === null ? null : { id: ids.power, name: look.name(ids.power), text: look.text(ids.power) },
    reasons: [...errorsOf(look, ids), reasonOf(look, ids), hindranceOf(look, ids), isFeedingBack && keptOf(look, ids)].filter(Boolean),
    rows: ROWS.filter((row) => look.known(ids[row.key]) && (row.when?.(look, ids) ?? true)).map((row) => ({
      key: row.key,
      id: ids[row.key],
      name: look.name(ids[row.key]),
      text: row.text ? row.text(look, ids[row.key]) : look.text(ids[row.key]),
    })),
  };
}

/** What is wrong with a connector, or with its station. */
function errorsOf(look, ids) {
  return ["error_code", "station_error"]
    .filter((key) => (look.known(ids[key])?.state ?? NO_ERROR) !== NO_ERROR)
    .map((key) => ({ key, id: ids[key], name: look.name(ids[key]), text: look.text(ids[key]) }));
}

function reasonOf(look, ids) {
  if (!look.known(ids.reason)) return null;
  const line = look.known(ids.limiting_phase) ? ` (${look.text(ids.limiting_phase)})` : "";
  return { key: "reason", id: ids.reason, name: look.name(ids.reason), text: pausesOf(look, ids) ?? look.text(ids.reason) + line };
}

/** For what it pauses, where that is not its owner's own wish alone. */
function pausesOf(look, ids) {
  const { state, attributes } = look.known(ids.reason);
  const reasons = attributes.paused_for ?? [];
  if (state !== "paused" || !reasons.length) return null;
  const isOff = look.known(ids.charging_allowed)?.state === "off";
  const whose = isOff ? look.text(ids.reason) : word(look.hass, "paused");
  return `${whose}: ${reasons.map((reason) => pauseReason(look.hass, reason)).join(", ")}`;
}

/** Why a vehicle that is asked to give does not: by its mode, or until something has ended. */
function hindranceOf(look, ids) {
  const state = look.known(ids.hindrance)?.state;
  if (!state || state === "nothing" || state === "off" || !wantsToGive(look, ids)) return null;
  return { key: "hindrance", id: ids.hindrance, name: look.name(ids.hindrance), text: look.text(ids.hindrance) };
}

/** Why it may draw something though it gives: nobody else is given the room that it takes in the moment in which it stops. */
function keptOf(look, { allotment, allowed_power: power }) {
  const id = [allotment, power].find((one) => look.number(one) > 0);
  if (!id) return null;
  return { key: "kept", id, name: look.name(id), text: word(look.hass, "kept") };
}

function wantsToGive(look, ids) {
  const mode = look.known(ids.v2g_mode)?.state;
  const isAsked = Boolean(look.known(ids.discharges_until) ?? look.known(ids.discharge_left));
  return Boolean(mode) && mode !== "off" && (isAsked || !QUIET.has(mode));
}

function timeOf(look, id) {
  return shortTime(look.hass, look.state(id).state);
}
