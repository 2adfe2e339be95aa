/** What entities are called: in the user's language, unless their owner has called them otherwise. */

const PREFIX = "component.evenload.entity";

let asked = { language: null, names: {}, waiting: null };

/** Have the names looked up that the system gives; calls back when they are known. A user with the system's language needs none. */
export function prepareNames(hass, changed) {
  const system = hass.config?.language;
  if (!system || system === languageOf(hass)) return;
  if (asked.language !== system) {
    asked = { language: system, names: {}, waiting: new Set() };
    ask(hass, asked);
  }
  asked.waiting?.add(changed);
}

/** Return the name of an entity, without its device. */
export function entityName(hass, state) {
  const shown = hass.formatEntityName?.(state, { type: "entity" });
  const entity = hass.entities[state.entity_id];
  const key = `${PREFIX}.${state.entity_id.split(".")[0]}.${entity?.translation_key}.name`;
  // What the system calls it is its name in the system's language: all else is the owner's word.
  if (asked.language === hass.config?.language && shown && shown === asked.names[key]) {
    return hass.localize?.(key) || shown;
  }
  return shown || entity?.name || state.attributes.friendly_name || "";
}

function languageOf(hass) {
  return hass.locale?.language ?? hass.language;
}

async function ask(hass, mine) {
  try {
    const said = { type: "frontend/get_translations", language: mine.language, category: "entity", integration: ["evenload"] };
    mine.names = (await hass.callWS(said)).resources;
  } catch (error) {
    // Names are then in the system's language.
    console.warn("Evenload:", error);
  }
  const waiting = mine.waiting;
  mine.waiting = null;
  waiting.forEach((tell) => tell());
}
