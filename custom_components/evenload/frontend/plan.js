/**
 * What is planned for a vehicle, slot by slot; nothing where nothing is planned.
 *
 * A plan is the attribute `slots` of the connector's entity `plan`: a list of `start` (a time) and, as far as they are
 * known, `power_w` (negative: out of the vehicle), `price` (in the attribute `price_unit`) and `sun_w`.
 */

import { shortTime } from "./times.js";

/** Return the plan of an entity, or null. */
export function planOf(look, id) {
  const attributes = look.state(id)?.attributes ?? {};
  const slots = (attributes.slots ?? []).filter((slot) => !Number.isNaN(Date.parse(slot.start)));
  if (slots.length < 2) return null;
  const first = slots.map((slot) => Date.parse(slot.start));
  const length = first[1] - first[0];
  const begin = first[0];
  const end = first.at(-1) + length;
  const at = (time) => (100 * (time - begin)) / (end - begin);
  const most = { power: greatest(slots, "power_w"), sun: greatest(slots, "sun_w"), price: greatest(slots, "price") };
  return {
    slots: slots.map((slot, place) => ({
      from: at(first[place]),
      to: at(first[place + 1] ?? end),
      power: share(slot.power_w, most.power),
      sun: share(slot.sun_w, most.sun),
      price: share(slot.price, most.price),
    })),
    most,
    priceUnit: attributes.price_unit ?? "",
    from: shortTime(look.hass, slots[0].start),
    to: shortTime(look.hass, new Date(end).toISOString()),
    now: Math.min(100, Math.max(0, at(Date.now()))),
  };
}

function greatest(slots, key) {
  return Math.max(0, ...slots.map((slot) => Math.abs(slot[key] ?? 0)));
}

function share(value, most) {
  return value === null || value === undefined || !most ? null : value / most;
}
