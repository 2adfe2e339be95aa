/** A Home Assistant that has just what a card asks for; what it is told is kept in `hass.told`. */
export function homeAssistant({ devices = {}, entities = {}, wirings = {}, flows = {}, plans = {}, language = "en", system = language, names = {} }) {
  const hass = { devices: {}, entities: {}, states: {}, told: [], language };
  hass.locale = { language, number_format: "language", time_format: "24", time_zone: "server" };
  hass.config = { time_zone: "Europe/Amsterdam", language: system };
  hass.localize = (key) => names.user?.[key] ?? "";
  hass.formatEntityState = (state, value = state.state) =>
    `${value} ${state.attributes.unit_of_measurement ?? ""}`.trim();
  hass.formatEntityName = (state) => hass.entities[state.entity_id].name;
  hass.callService = async (...call) => {
    hass.told.push(call);
    if (hass.refuses) throw new Error("refused");
  };
  // What flowed, and what was planned, is told by device.
  hass.callWS = async ({ type, statistic_ids, entity_ids }) => {
    if (type === "evenload/wirings") return wirings;
    if (type === "frontend/get_translations") return { resources: names.system };
    return statistic_ids ? byEntity(hass, statistic_ids, flows) : byEntity(hass, entity_ids, plans);
  };
  for (const [id, device] of Object.entries(devices)) hass.devices[id] = { id, name: id, ...device };
  for (const [path, [state, attributes = {}]] of Object.entries(entities)) {
    const [device, domain, key] = path.split(" ");
    // Ids that say nothing: they are the owner's.
    const entity_id = `${domain}.x${Object.keys(hass.entities).length}`;
    hass.entities[entity_id] = { entity_id, platform: "evenload", translation_key: key, device_id: device, name: key };
    hass.states[entity_id] = { entity_id, state, attributes };
  }
  return hass;
}

function byEntity(hass, ids, told) {
  return Object.fromEntries(ids.map((id) => [id, told[hass.entities[id].device_id] ?? []]));
}

/** Return another Home Assistant in which one entity says something else. */
export function after(hass, path, state, attributes) {
  const [device, , key] = path.split(" ");
  const found = Object.values(hass.entities).find((entity) => entity.device_id === device && entity.translation_key === key);
  const before = hass.states[found.entity_id];
  const now = { ...before, state, attributes: attributes ?? before.attributes };
  return { ...hass, states: { ...hass.states, [found.entity_id]: now } };
}

/** Put a card on the page. */
export function show(hass, type, device_id, more = {}) {
  const card = document.createElement(type);
  card.setConfig({ type: `custom:${type}`, device_id, ...more });
  card.hass = hass;
  document.body.append(card);
  return card;
}
