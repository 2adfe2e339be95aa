/** What was planned and what really flowed, as Home Assistant's recorder keeps it: asked for now and then. */

const FRESH_MS = 300_000;
const NOTHING = { flowed: {}, planned: {} };

const asked = new Map();

/** Return by connector what flowed and what was planned since a time, as far as it is known, and call back when more is. */
export function pastOf(hass, evses, since, changed, now = Date.now()) {
  const key = evses.map(({ id }) => id).join();
  const known = asked.get(key);
  if (known && now - known.at < FRESH_MS) {
    known.waiting?.add(changed);
    return known.past;
  }
  const mine = { at: now, past: known?.past ?? NOTHING, waiting: new Set([changed]) };
  asked.set(key, mine);
  ask(hass, evses, since, now, mine);
  return mine.past;
}

async function ask(hass, evses, since, now, mine) {
  const start = new Date(since).toISOString();
  try {
    const [flowed, planned] = await Promise.all([
      hass.callWS({
        type: "recorder/statistics_during_period",
        start_time: start,
        statistic_ids: idsOf(evses, "power"),
        period: "5minute",
        types: ["mean"],
        units: { power: "W" },
      }),
      hass.callWS({
        type: "history/history_during_period",
        start_time: start,
        entity_ids: idsOf(evses, "plan"),
        minimal_response: true,
        no_attributes: true,
        significant_changes_only: false,
      }),
    ]);
    mine.past = {
      flowed: byEvse(evses, "power", (id) => (flowed[id] ?? []).map(mean).filter(isKnown)),
      planned: byEvse(evses, "plan", (id) => stretches(planned[id] ?? [], now).filter(isKnown)),
    };
  } catch (error) {
    // Without a recorder nobody knows; the plan is drawn all the same.
    console.warn("Evenload:", error);
  }
  const waiting = mine.waiting;
  mine.waiting = null;
  waiting.forEach((tell) => tell());
}

function idsOf(evses, key) {
  return evses.map(({ entities }) => entities[key]).filter(Boolean);
}

function byEvse(evses, key, of) {
  return Object.fromEntries(evses.map(({ id, entities }) => [id, of(entities[key])]));
}

function mean({ start, end, mean: w }) {
  return { from: start, to: end, w: w ?? Number.NaN };
}

/** Return states as stretches of time; each lasts until the next. */
function stretches(states, now) {
  return states.map(({ s, lu }, place) => ({ from: 1000 * lu, to: 1000 * (states[place + 1]?.lu ?? now / 1000), w: Number.parseFloat(s) }));
}

function isKnown({ w }) {
  return Number.isFinite(w);
}
