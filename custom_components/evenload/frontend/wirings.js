/** On which lines each connector is: asked of the integration once for each set of devices. */

let asked = { devices: null, wirings: {}, waiting: null };

/** Return what is known, and call back when more is. */
export function wiringsOf(hass, changed) {
  if (asked.devices !== hass.devices) {
    asked = { devices: hass.devices, wirings: asked.wirings, waiting: new Set() };
    ask(hass, asked);
  }
  asked.waiting?.add(changed);
  return asked.wirings;
}

async function ask(hass, mine) {
  try {
    mine.wirings = await hass.callWS({ type: "evenload/wirings" });
  } catch (error) {
    // Vehicles on direct current are then missing in amperes; all else is drawn.
    console.warn("Evenload:", error);
  }
  const waiting = mine.waiting;
  mine.waiting = null;
  waiting.forEach((tell) => tell());
}
