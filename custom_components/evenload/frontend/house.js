/** What there is: circuits and connectors, found in the registries by what they are, never by what they are called. */

const PLATFORM = "evenload";
const cache = new WeakMap();

/** Return the circuits (the site first, parents before children) and the connectors of all sites. */
export function houseOf(hass) {
  const known = cache.get(hass.entities);
  if (known && known.devices === hass.devices) return known.house;
  const house = build(hass.entities, hass.devices);
  cache.set(hass.entities, { devices: hass.devices, house });
  return house;
}

function build(entities, devices) {
  const byDevice = entitiesByDevice(entities);
  const circuits = [];
  const evses = [];
  for (const [id, own] of byDevice) {
    const device = devices[id];
    if (!device) continue;
    if (own.limit && own.strategy) circuits.push({ id, name: nameOf(device), entities: own, device, evses: [], groups: [] });
    if (own.status) evses.push(evseOf(device, own, byDevice, devices));
  }
  const order = (one, other) => one.name.localeCompare(other.name, undefined, { numeric: true });
  evses.sort(order).forEach((evse, index) => Object.assign(evse, { index }));
  return { circuits: hang(circuits.sort(order), evses, devices), evses };
}

function entitiesByDevice(entities) {
  const byDevice = new Map();
  for (const entity of Object.values(entities)) {
    if (entity.platform !== PLATFORM || !entity.device_id || !entity.translation_key) continue;
    if (!byDevice.has(entity.device_id)) byDevice.set(entity.device_id, {});
    byDevice.get(entity.device_id)[entity.translation_key] = entity.entity_id;
  }
  return byDevice;
}

function evseOf(device, own, byDevice, devices) {
  const station = devices[device.parent_device_id];
  return {
    id: device.id,
    name: station ? `${nameOf(station)} ${nameOf(device)}` : nameOf(device),
    above: (station ?? device).via_device_id,
    entities: station ? { ...byDevice.get(station.id), ...own } : own,
  };
}

/** Hang circuits and connectors on what they are behind; returns circuits with parents before their children. */
function hang(circuits, evses, devices) {
  const byId = new Map(circuits.map((circuit) => [circuit.id, circuit]));
  const sorted = [];
  const add = (circuit, depth) => {
    sorted.push(Object.assign(circuit, { depth }));
    circuit.groups.forEach((group) => add(group, depth + 1));
  };
  for (const circuit of circuits) {
    circuit.parent = byId.get(circuit.device.via_device_id)?.id ?? null;
    byId.get(circuit.parent)?.groups.push(circuit);
  }
  for (const evse of evses) byId.get(evse.above)?.evses.push(evse);
  circuits.filter((circuit) => !circuit.parent).forEach((site) => add(site, 0));
  return sorted;
}

/** Return the connectors behind a circuit, those of its groups included. */
export function evsesBelow(circuit) {
  return [...circuit.evses, ...circuit.groups.flatMap(evsesBelow)];
}

/** Return the circuits that a connector is behind, the nearest first. */
export function circuitsAbove({ circuits }, evse) {
  const above = [];
  for (let id = evse.above; id; id = above.at(-1)?.parent) {
    const circuit = circuits.find((one) => one.id === id);
    if (!circuit) break;
    above.push(circuit);
  }
  return above;
}

/** Return what a device is called: the owner's name for it comes first. */
export function nameOf(device) {
  return device.name_by_user || device.name || "";
}
