/** How our cards look: Home Assistant's own colours, sizes and distances, so that themes hold. */

const BASE = `
  :host { display: block; height: 100%; --row: var(--ha-space-2, 8px); --edge: var(--ha-space-4, 16px); }
  [hidden] { display: none !important; }
  ha-card { height: 100%; box-sizing: border-box; color: var(--primary-text-color); }
  .body { display: flex; flex-direction: column; gap: var(--ha-space-3, 12px); padding: var(--edge); }
  h2, h3, p, ul { margin: 0; padding: 0; font-weight: inherit; }
  ul { list-style: none; }
  header { display: flex; align-items: center; gap: var(--ha-space-3, 12px); min-height: 40px; }
  header > div { flex: 1; min-width: 0; }
  header ha-icon {
    --mdc-icon-size: 24px; flex: none; display: grid; place-items: center; width: 40px; height: 40px;
    border-radius: 50%; color: var(--evenload-color, var(--primary-color));
    background: color-mix(in srgb, currentColor 20%, transparent);
  }
  h2 { font-size: var(--ha-font-size-m, 14px); font-weight: var(--ha-font-weight-medium, 500); line-height: 20px; overflow-wrap: anywhere; }
  h3, summary { font-size: var(--ha-font-size-s, 12px); font-weight: var(--ha-font-weight-medium, 500); color: var(--secondary-text-color); }
  button.plain {
    all: unset; box-sizing: border-box; cursor: pointer; border-radius: var(--ha-border-radius-sm, 4px);
    font-size: var(--ha-font-size-s, 12px); line-height: 16px;
  }
  button.plain.power { font-size: var(--ha-font-size-xl, 20px); line-height: 28px; white-space: nowrap; }
  .body .alert { color: var(--error-color); }
  .notes { display: flex; flex-wrap: wrap; gap: 0 var(--ha-space-3, 12px); font-size: var(--ha-font-size-s, 12px); line-height: 16px; }
  .notes li.alert { font-weight: var(--ha-font-weight-medium, 500); }
  .fault { padding: var(--edge); color: var(--error-color); }
  :is(button, summary, input, select):focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
`;

const PICTURE = `
  .picture { display: flex; flex-direction: column; gap: var(--ha-space-3, 12px); }
  .bars { display: grid; grid-template-columns: auto 1fr auto; gap: var(--row) var(--ha-space-3, 12px); align-items: center; }
  .bar { display: contents; }
  .bar .line { font-size: var(--ha-font-size-m, 14px); font-weight: var(--ha-font-weight-medium, 500); }
  .bar .sum { font-size: var(--ha-font-size-s, 12px); text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
  .bar.over .sum { color: var(--error-color); font-weight: var(--ha-font-weight-bold, 600); }
  .track {
    position: relative; height: 28px; overflow: hidden; border-radius: var(--ha-border-radius-md, 8px);
    background: color-mix(in srgb, var(--disabled-color) 20%, transparent);
  }
  .track i { position: absolute; inset-block: 0; }
  .lane { position: absolute; inset: 0; }
  .lane.given { inset-block-start: auto; height: 10px; }
  .lane.given .part { border-block-start: 2px solid var(--card-background-color); background-image: repeating-linear-gradient(135deg, transparent 0 4px, var(--card-background-color) 4px 6px); }
  .part { transition: width 300ms, inset-inline-start 300ms; box-shadow: inset -1px 0 var(--card-background-color); }
  .left, .swatch.left { background: color-mix(in srgb, var(--success-color) 28%, transparent); }
  .track .zero { width: 2px; margin-inline-start: -1px; background: var(--primary-text-color); }
  .track .limit { width: 3px; margin-inline-start: -3px; background: var(--error-color); }
  table { border-collapse: collapse; width: 100%; font-size: var(--ha-font-size-s, 12px); line-height: 20px; }
  th { text-align: start; font-weight: inherit; }
  thead th { color: var(--secondary-text-color); }
  thead th:not(:first-child), td { text-align: end; padding-inline-start: var(--row); font-variant-numeric: tabular-nums; white-space: nowrap; }
  thead th.hidden { color: transparent; }
  tbody tr + tr { border-block-start: 1px solid var(--divider-color); }
  .swatch { display: inline-block; width: 10px; height: 10px; margin-inline-end: var(--row); border-radius: 2px; }
`;

const FACTS = `
  .reasons .plain { display: flex; flex-wrap: wrap; gap: 0 var(--row); width: 100%; padding: var(--row); background: color-mix(in srgb, var(--primary-color) 10%, transparent); }
  .reasons li + li { margin-block-start: 4px; }
  .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: var(--row); }
  .facts .plain { display: flex; flex-direction: column; width: 100%; }
  .name { color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); line-height: 16px; }
  .facts .value { font-size: var(--ha-font-size-m, 14px); line-height: 20px; }
  .reasons .value { font-weight: var(--ha-font-weight-medium, 500); }
  .plan svg { display: block; width: 100%; height: 56px; margin-block: 4px; }
  .plan .times { display: flex; justify-content: space-between; font-size: var(--ha-font-size-s, 12px); color: var(--secondary-text-color); }
  .plan .legend { font-size: var(--ha-font-size-s, 12px); line-height: 16px; }
  .plan .sun { fill: color-mix(in srgb, var(--amber-color) 35%, transparent); }
  .plan .power { fill: var(--primary-color); }
  .plan .power.back { fill: var(--purple-color); }
  .plan .price { fill: none; stroke: var(--primary-text-color); }
  .plan .now { stroke: var(--error-color); stroke-dasharray: 3 2; }
  .plan :is(.price, .now) { vector-effect: non-scaling-stroke; stroke-width: 1.5; }
`;

const CONTROLS = `
  .controls { display: flex; flex-direction: column; gap: 4px; }
  details .controls { margin-block-start: var(--row); }
  summary { cursor: pointer; padding-block: 4px; border-radius: var(--ha-border-radius-sm, 4px); }
  .control { display: flex; flex-wrap: wrap; align-items: center; gap: 4px var(--row); min-height: 40px; font-size: var(--ha-font-size-m, 14px); }
  .control label { flex: 1 1 auto; }
  .control.number label { flex: 1; }
  .control .value { font-variant-numeric: tabular-nums; color: var(--secondary-text-color); }
  input, select, .clear { font: inherit; color: inherit; color-scheme: inherit; }
  input[type="range"] { flex: 1 0 100%; height: 24px; margin: 0; accent-color: var(--primary-color); cursor: pointer; }
  select, input[type="datetime-local"], .clear {
    min-height: 36px; max-width: 100%; padding: 4px 8px; border: 1px solid var(--outline-color, var(--divider-color));
    border-radius: var(--ha-border-radius-md, 8px); background: var(--card-background-color); text-overflow: ellipsis;
  }
  select { flex: 0 1 auto; min-width: 0; }
  option { background: var(--card-background-color); color: var(--primary-text-color); }
  .clear { cursor: pointer; }
  input[role="switch"] {
    appearance: none; position: relative; flex: none; width: 44px; height: 24px; margin: 0; cursor: pointer;
    border-radius: 12px; background: var(--disabled-color); transition: background-color 150ms;
  }
  input[role="switch"]::after {
    content: ""; position: absolute; inset-block-start: 3px; inset-inline-start: 3px; width: 18px; height: 18px;
    border-radius: 50%; background: #fff; transition: inset-inline-start 150ms;
  }
  input[role="switch"]:checked { background: var(--primary-color); }
  input[role="switch"]:checked::after { inset-inline-start: 23px; }
  :disabled { opacity: 0.5; cursor: default; }
  @media (prefers-reduced-motion: reduce) { * , *::after { transition: none !important; } }
`;

export const STYLES = [BASE, PICTURE, FACTS, CONTROLS].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});
