/** Numbers as the user writes them. */

const LANGUAGES = { comma_decimal: "en-US", decimal_comma: "de", space_comma: "fr", quote_decimal: "de-CH" };

/** Return a number with its unit; it has at least so many decimals. */
export function quantity(hass, value, unit, least) {
  // Beyond a kilowatt nobody counts single watts.
  if (unit === "W" && Math.abs(value) >= 1000) return `${number(hass, value / 1000, 1, least)}\u00a0kW`;
  return `${number(hass, value, unit === "A" ? 1 : 0, least)}\u00a0${unit}`;
}

/** Return a number; what rounds to nothing has no sign. */
export function number(hass, value, digits, least = digits) {
  const rounded = Number(value.toFixed(digits)) || 0;
  const { number_format: format, language } = hass.locale ?? {};
  if (format === "none") return rounded.toFixed(digits);
  const locale = format === "system" ? undefined : (LANGUAGES[format] ?? language ?? "en");
  const options = { minimumFractionDigits: Math.min(least, digits), maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, options).format(rounded);
}
