/**
 * What is planned, slot by slot, and what really flowed; nothing where nothing is planned.
 *
 * A plan is the attribute `slots` of the entity `plan` of a connector: a list of `start` (a time) and, as far as they are
 * known, `power_w` (negative: out of the vehicle), `price` (in the attribute `price_unit`) and `sun_w`. Slots are as long
 * as the first one. What is over is told by connector as lists of `from`, `to` (milliseconds) and `w`.
 */

import { hourOf, shortTime } from "./times.js";

const HOUR_MS = 3_600_000;
const PAST_MS = 6 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
// A vehicle's next day and night; beyond it nobody looks.
const AHEAD_MS = 36 * HOUR_MS;
const EVERY_HOURS = 6;
// Less is what a station itself takes.
const NOTHING_W = 50;

/** Return since when it is shown what flowed. */
export function sinceWhen(now = Date.now()) {
  return now - PAST_MS;
}

/** Return the plans of connectors in one picture, or null; `past` is what was planned and what flowed. */
export function planOf(look, evses, past, now = Date.now()) {
  const plans = evses.map((evse) => ({ ...evse, plan: slotsOf(look.state(evse.entities.plan), now) })).filter(({ plan }) => plan);
  if (!plans.length) return null;
  const since = sinceWhen(now);
  const slots = joined(plans);
  const flowed = summed(plans.map(({ id }) => past.flowed[id] ?? []), since, now);
  const begin = Math.min(slots[0].from, flowed[0]?.from ?? Infinity);
  const over = cut(plans.map(({ id, index }) => ({ index, parts: past.planned[id] ?? [] })), begin, slots[0].from);
  const end = slots.at(-1).to;
  const planned = slots.flatMap(({ high, low }) => [high, -low]);
  return {
    begin,
    end,
    now: Math.min(end, Math.max(begin, now)),
    slots,
    over,
    flowed,
    ticks: ticksOf(look.hass, begin, end),
    from: shortTime(look.hass, begin, now),
    to: shortTime(look.hass, end, now),
    runs: runsOf(slots, now),
    index: plans.length === 1 ? plans[0].index : null,
    most: {
      power: Math.max(0, ...planned),
      sun: Math.max(0, ...slots.map(({ sun }) => sun ?? 0)),
      flowed: Math.max(0, ...flowed.map(({ w }) => Math.abs(w))),
    },
    top: Math.max(0, ...slots.flatMap(({ high, sun }) => [high, sun ?? 0]), ...[...flowed, ...over].map(({ w }) => w)),
    bottom: Math.min(0, ...slots.map(({ low }) => low), ...[...flowed, ...over].map(({ w }) => w)),
    price: pricesOf(slots, plans),
  };
}

function slotsOf(state, now) {
  const slots = (state?.attributes.slots ?? [])
    .map((slot) => ({ ...slot, from: Date.parse(slot.start) }))
    .filter(({ from }) => from < now + AHEAD_MS);
  if (slots.length < 2) return null;
  const length = slots[1].from - slots[0].from;
  return { unit: state.attributes.price_unit ?? "", slots: slots.map((slot) => ({ ...slot, to: slot.from + length })) };
}

/** Join plans slot by slot: what vehicles take is stacked upwards, what they give downwards. */
function joined(plans) {
  const all = new Map();
  for (const { index, plan } of plans) {
    for (const { from, to, power_w: power, price, sun_w: sun } of plan.slots) {
      if (!all.has(from)) all.set(from, { from, to, parts: [], high: 0, low: 0, price: null, sun: null });
      const slot = all.get(from);
      slot.price ??= price ?? null;
      slot.sun ??= sun ?? null;
      if (!power) continue;
      const base = power > 0 ? slot.high : slot.low;
      slot.parts.push({ index, from: base, to: base + power });
      slot[power > 0 ? "high" : "low"] += power;
    }
  }
  return [...all.values()].sort((one, other) => one.from - other.from);
}

/** Add up what flowed at several connectors. */
function summed(flows, begin, now) {
  const all = new Map();
  for (const { from, to, w } of flows.flat()) {
    if (to <= begin || from >= now) continue;
    if (!all.has(from)) all.set(from, { from, to: Math.min(to, now), w: 0 });
    all.get(from).w += w;
  }
  return [...all.values()].sort((one, other) => one.from - other.from);
}

/** Return what was planned in a time that is over: all together, since plans change at any moment. */
function cut(plans, begin, end) {
  const times = new Set([begin, end]);
  for (const { parts } of plans) for (const { from, to } of parts) for (const at of [from, to]) if (at > begin && at < end) times.add(at);
  const sorted = [...times].sort((one, other) => one - other);
  const index = plans.length === 1 ? plans[0].index : null;
  return sorted.slice(0, -1).map((from, place) => {
    const at = ({ parts }) => parts.find((part) => part.from <= from && part.to > from)?.w ?? 0;
    return { index, from, to: sorted[place + 1], w: plans.reduce((sum, plan) => sum + at(plan), 0) };
  }).filter(({ w }) => w);
}

/** Return the times of the clock that are marked. */
function ticksOf(hass, begin, end) {
  const ticks = [];
  for (let at = Math.ceil(begin / HOUR_MS) * HOUR_MS; at < end; at += HOUR_MS) {
    const hour = hourOf(hass, at);
    if (hour % EVERY_HOURS === 0) ticks.push({ at, text: shortTime(hass, at, new Date(at)) });
  }
  return ticks;
}

/** Return when vehicles take or give something, without a break, and how much at most. */
function runsOf(slots, now) {
  const runs = [];
  for (const { from, to, high, low } of slots) {
    const sign = high >= NOTHING_W ? 1 : low <= -NOTHING_W ? -1 : 0;
    if (!sign) continue;
    const w = sign > 0 ? high : low;
    const last = runs.at(-1);
    if (last && last.to === from && Math.sign(last.w) === sign) {
      last.to = to;
      last.varies ||= last.w !== w;
      last.w = sign * Math.max(Math.abs(last.w), Math.abs(w));
    } else runs.push({ from, to, w, varies: false, isFar: from >= now + DAY_MS });
  }
  return runs;
}

function pricesOf(slots, plans) {
  const known = slots.map(({ price }) => price).filter((price) => price !== null);
  if (!known.length) return null;
  const unit = plans.find(({ plan }) => plan.unit)?.plan.unit ?? "";
  return { unit, least: Math.min(...known), most: Math.max(...known) };
}
