/** Times of the clock on the user's wall. */

/** Return the time zone that the user sees times in. */
export function zoneOf(hass) {
  if (hass.locale?.time_zone === "server") return hass.config.time_zone;
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Return an instant as a form's field wants it: 2026-11-22T07:30. */
export function wallClock(date, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(date);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

/** Return the instant of a form's field; null where it is empty. */
export function instant(text, zone) {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return null;
  let guess = wanted;
  // The second round is for the hours around a change of the clocks.
  for (let round = 0; round < 2; round += 1) {
    guess += wanted - Date.parse(`${wallClock(new Date(guess), zone)}Z`);
  }
  return new Date(guess);
}

/** Return the hour of an instant on the user's wall, if it is a full one; otherwise what is no hour. */
export function hourOf(hass, time) {
  const [hour, minute] = wallClock(new Date(time), zoneOf(hass)).slice(11).split(":").map(Number);
  return minute ? Number.NaN : hour;
}

/** Return a time as short as it can be said: without its day, if that is today. */
export function shortTime(hass, text, now = new Date()) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return "";
  const zone = zoneOf(hass);
  const isToday = wallClock(date, zone).slice(0, 10) === wallClock(now, zone).slice(0, 10);
  const format = { timeZone: zone, hour: "numeric", minute: "2-digit" };
  if (!isToday) Object.assign(format, { weekday: "short", day: "numeric", month: "short" });
  const hours = { 12: "h12", 24: "h23" }[hass.locale?.time_format];
  if (hours) format.hourCycle = hours;
  return new Intl.DateTimeFormat(hass.locale?.language ?? "en", format).format(date);
}
