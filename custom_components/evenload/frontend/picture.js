/** What flows through a circuit, line by line: who takes or gives how much, what is left, and where that is drawn. */

import { evsesBelow } from "./house.js";
import { word } from "./words.js";

const LINES = ["l1", "l2", "l3"];
// More than these are told together.
const NAMED = 8;
// Meters show this much while nothing flows.
const NOTHING = { A: 0.05, W: 10 };

/** Return the picture of a circuit: `wirings` says on which lines connectors are, if that is known. */
export function pictureOf(look, circuit, wirings = {}) {
  const limit = look.number(circuit.entities.limit);
  const isInWatts = look.state(circuit.entities.limit)?.attributes.unit_of_measurement !== "A";
  const lines = isInWatts
    ? [wattsOf(look, circuit, limit)]
    : linesOf(circuit).map((line) => lineOf(look, circuit, line, limit, wirings));
  return { unit: isInWatts ? "W" : "A", limit, lines, rows: rowsOf(lines) };
}

function linesOf(circuit) {
  const own = (kind) => LINES.filter((line) => circuit.entities[`${kind}_${line}`]);
  const withRoom = own("headroom");
  return withRoom.length ? withRoom : own("used");
}

function lineOf(look, circuit, line, limit, wirings) {
  const house = look.number(circuit.entities[`house_${line}`]);
  const parts = house === null ? [] : [{ id: "house", name: word(look.hass, "house"), index: null, value: house }];
  for (const evse of evsesBelow(circuit)) {
    const value = currentOn(look, evse, line, wirings[evse.id]);
    parts.push({ id: evse.id, name: evse.name, index: evse.index, value });
  }
  const left = look.number(circuit.entities[`headroom_${line}`]);
  return finish(look, { name: line.toUpperCase(), unit: "A", limit, left, parts });
}

function wattsOf(look, circuit, limit) {
  const parts = evsesBelow(circuit).map((evse) => {
    const value = look.number(evse.entities.power) ?? 0;
    return { id: evse.id, name: evse.name, index: evse.index, value };
  });
  const left = look.number(circuit.entities.available);
  return finish(look, { name: word(look.hass, "power"), unit: "W", limit, left, parts });
}

function finish(look, line) {
  const flowing = line.parts.filter((part) => Math.abs(part.value) >= NOTHING[line.unit]);
  const net = flowing.reduce((sum, part) => sum + part.value, 0);
  const rest = line.limit === null ? Infinity : line.limit - net;
  // What vehicles give may stop at any moment, so nobody else is given it: it is not left either.
  const lent = flowing.reduce((sum, part) => sum + (part.index === null ? 0 : Math.max(0, -part.value)), 0);
  // Sensors come one after the other: what flows already is not left, whatever the earlier one said.
  const most = line.left === null ? Math.max(0, Number.isFinite(rest) ? rest : 0) : Math.min(line.left, rest);
  const left = most > 0 ? Math.max(0, most - lent) : most;
  const parts = together(look, flowing);
  return { ...line, parts, net, left, isOver: line.limit !== null && net > line.limit + NOTHING[line.unit] };
}

/** Return an EVSE's current on a line of the grid: negative when its vehicle feeds back. */
export function currentOn(look, evse, line, wiring) {
  const power = look.number(evse.entities.power);
  const measured = look.number(evse.entities[`current_${line}`]);
  // What flows back is told by the power; currents are magnitudes.
  if (measured !== null) return power < 0 ? -Math.abs(measured) : measured;
  const isMeasured = LINES.some((other) => look.number(evse.entities[`current_${other}`]) !== null);
  if (isMeasured || !power || !wiring?.lines.includes(line)) return 0;
  // What makes direct current loses some of what it takes; what comes out is told as it flows.
  return power / (power < 0 ? wiring.watts_fed_per_ampere : wiring.watts_per_ampere);
}

/** Tell the smallest of many together. */
function together(look, parts) {
  const vehicles = parts.filter((part) => part.index !== null);
  if (vehicles.length <= NAMED) return parts;
  const bySize = [...vehicles].sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const rest = new Set(bySize.slice(NAMED - 1));
  const value = [...rest].reduce((sum, part) => sum + part.value, 0);
  const name = word(look.hass, "others", { count: rest.size });
  return [...parts.filter((part) => !rest.has(part)), { id: "others", name, index: null, value }];
}

/** Return everybody of whom a line tells, with what flows on each. */
function rowsOf(lines) {
  const rows = new Map();
  lines.forEach((line, place) => {
    for (const part of line.parts) {
      if (!rows.has(part.id)) rows.set(part.id, { ...part, values: lines.map(() => 0) });
      rows.get(part.id).values[place] = part.value;
    }
  });
  const place = (row) => (row.id === "house" ? -1 : (row.index ?? Number.MAX_SAFE_INTEGER));
  return [...rows.values()].sort((one, other) => place(one) - place(other));
}

/**
 * Return where a line's parts are drawn, in percent of its width.
 *
 * What is taken begins as far left of zero as is fed back: that much of it comes from vehicles or the sun, and what
 * reaches beyond zero flows through the fuse.
 */
export function laneOf({ parts, net, left, limit }) {
  const fed = parts.reduce((sum, part) => sum + Math.max(0, -part.value), 0);
  const most = Math.max(limit ?? 0, net + left, net, 1e-9);
  const at = (value) => (100 * (value + fed)) / (most + fed);
  const taken = stack(parts.filter((part) => part.value > 0), -fed, at);
  const given = stack(parts.filter((part) => part.value < 0), -fed, at);
  return {
    taken,
    given,
    zero: at(0),
    left: { from: at(net), to: at(Math.min(net + left, most)) },
    limit: limit === null ? null : at(limit),
  };
}

function stack(parts, begin, at) {
  let value = begin;
  return parts.map((part) => {
    const from = value;
    value += Math.abs(part.value);
    return { key: part.id, index: part.index, from: at(from), to: at(value) };
  });
}
