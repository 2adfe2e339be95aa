/** How our cards look: Home Assistant's own colours, sizes and distances, so that themes hold. */

const BASE = `
  :host { display: block; height: 100%; --row: var(--ha-space-2, 8px); --edge: var(--ha-space-4, 16px); --touch: 44px; }
  [hidden] { display: none !important; }
  ha-card { height: 100%; box-sizing: border-box; color: var(--primary-text-color); }
  .body { display: flex; flex-direction: column; gap: var(--ha-space-3, 12px); padding: var(--edge); }
  h2, h3, p, ul { margin: 0; padding: 0; font-weight: inherit; }
  ul { list-style: none; }
  .head { display: flex; align-items: center; gap: var(--ha-space-3, 12px); min-height: 40px; }
  .head > div { flex: 1; min-width: 0; }
  .head ha-icon {
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
  /* As large as a finger, and no larger to the eye. */
  .head button.plain { display: inline-flex; align-items: flex-start; min-width: var(--touch); min-height: var(--touch); margin-block-end: calc(-1 * var(--ha-space-3, 12px)); }
  .head:has(> div > button) { align-items: flex-start; }
  .head > div:has(> button) h2 { margin-block-start: 2px; }
  .head > button.plain { align-items: center; justify-content: flex-end; margin: 0; }
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
  .reasons .plain { display: flex; flex-wrap: wrap; align-content: center; gap: 0 var(--row); width: 100%; min-height: var(--touch); padding: var(--row); background: color-mix(in srgb, var(--primary-color) 10%, transparent); }
  .reasons li + li { margin-block-start: 4px; }
  .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: var(--row); }
  .facts .plain { display: flex; flex-direction: column; justify-content: center; width: 100%; min-height: var(--touch); }
  .name { color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); line-height: 16px; }
  .facts .value { font-size: var(--ha-font-size-m, 14px); line-height: 20px; }
  .reasons .value { font-weight: var(--ha-font-weight-medium, 500); }
`;

const PLAN = `
  .plan { display: flex; flex-direction: column; gap: 4px; }
  .plan svg { display: block; width: 100%; height: 72px; border-radius: var(--ha-border-radius-sm, 4px); background: color-mix(in srgb, var(--disabled-color) 10%, transparent); }
  .plan .runs { font-size: var(--ha-font-size-m, 14px); line-height: 20px; overflow-wrap: anywhere; }
  .plan .times { position: relative; height: 16px; font-size: var(--ha-font-size-s, 12px); line-height: 16px; color: var(--secondary-text-color); }
  .plan .times span { position: absolute; white-space: nowrap; }
  .plan .legend { display: flex; flex-wrap: wrap; gap: 0 var(--ha-space-3, 12px); font-size: var(--ha-font-size-s, 12px); line-height: 20px; }
  .plan .legend i { display: inline-block; box-sizing: border-box; width: 14px; height: 10px; margin-inline-end: 6px; border-radius: 2px; }
  .plan rect.sun { fill: color-mix(in srgb, var(--amber-color) 35%, transparent); }
  .plan rect { shape-rendering: crispEdges; }
  .plan rect.power { fill-opacity: 0.55; }
  .plan rect.back { fill-opacity: 0.85; }
  .plan polyline { fill: none; }
  .plan polyline.flowed { stroke: var(--primary-text-color); stroke-width: 2; }
  .plan polyline.price { stroke: var(--error-color); stroke-dasharray: 2 2; }
  .plan line.tick { stroke: var(--divider-color); }
  .plan line.ground { stroke: var(--secondary-text-color); }
  .plan line.now { stroke: var(--primary-color); stroke-width: 2; }
  .plan :is(line, polyline) { vector-effect: non-scaling-stroke; }
  .legend .power { background: color-mix(in srgb, var(--evenload-color) 55%, transparent); }
  .legend .sun { background: color-mix(in srgb, var(--amber-color) 35%, transparent); }
  .legend i.flowed { height: 0; border-block-start: 2px solid var(--primary-text-color); vertical-align: middle; }
  .legend i.price { height: 0; border-block-start: 2px dotted var(--error-color); vertical-align: middle; }
`;

const CONTROLS = `
  .controls { display: flex; flex-direction: column; gap: 6px; }
  details .controls { margin-block-start: var(--row); }
  summary { cursor: pointer; padding-block: 12px; line-height: 20px; border-radius: var(--ha-border-radius-sm, 4px); }
  .control { display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--row); min-height: var(--touch); font-size: var(--ha-font-size-m, 14px); }
  .control label { flex: 1 1 auto; }
  .control.switch label { display: flex; align-items: center; min-height: var(--touch); }
  .control.number label { flex: 1; }
  .control:not(.number) { flex-wrap: nowrap; }
  .control:is(.select, .datetime) label { flex: 0 0 auto; max-width: 60%; }
  .control:is(.select, .datetime) > :is(select, input) { margin-inline-start: auto; }
  .control .value { font-variant-numeric: tabular-nums; color: var(--secondary-text-color); }
  input, select, .clear { font: inherit; color: inherit; color-scheme: inherit; }
  input[type="range"] {
    --filled: linear-gradient(var(--primary-color), var(--primary-color)) 0 / calc(10px + (100% - 20px) * var(--at, 0)) 100% no-repeat;
    appearance: none; flex: 1 0 100%; height: var(--touch); margin: 0; border-radius: var(--ha-border-radius-md, 8px); background: none; cursor: pointer;
  }
  input[type="range"]::-webkit-slider-runnable-track {
    height: 6px; border-radius: 3px; background: var(--filled), color-mix(in srgb, var(--disabled-color) 45%, transparent);
  }
  input[type="range"]::-moz-range-track { height: 6px; border-radius: 3px; background: var(--filled), color-mix(in srgb, var(--disabled-color) 45%, transparent); }
  input[type="range"]::-webkit-slider-thumb {
    appearance: none; width: 20px; height: 20px; margin-block-start: -7px; border: 0; border-radius: 50%; background: var(--primary-color);
  }
  input[type="range"]::-moz-range-thumb { width: 20px; height: 20px; border: 0; border-radius: 50%; background: var(--primary-color); }
  select, input[type="number"], input[type="datetime-local"], .clear {
    box-sizing: border-box; min-height: var(--touch); max-width: 100%; padding: 4px 8px; border: 1px solid var(--outline-color, var(--divider-color));
    border-radius: var(--ha-border-radius-md, 8px); background: var(--card-background-color); text-overflow: ellipsis;
  }
  select { flex: 0 1 auto; min-width: 0; }
  input[type="number"] { width: 96px; text-align: end; }
  input[type="datetime-local"] { flex: 0 1 auto; min-width: 0; padding-inline: 6px; font-size: var(--ha-font-size-s, 12px); }
  option { background: var(--card-background-color); color: var(--primary-text-color); }
  .clear { cursor: pointer; min-width: var(--touch); }
  input[role="switch"] {
    appearance: none; position: relative; flex: none; box-sizing: content-box; width: 44px; height: 24px; margin: 0; cursor: pointer;
    border: 10px solid transparent; border-inline-end-width: 0; border-radius: 22px; border-start-end-radius: 12px 22px; border-end-end-radius: 12px 22px;
    background: var(--disabled-color) padding-box; transition: background-color 150ms;
  }
  input[role="switch"]::after {
    content: ""; position: absolute; inset-block-start: 3px; inset-inline-start: 3px; width: 18px; height: 18px;
    border-radius: 50%; background: #fff; transition: inset-inline-start 150ms;
  }
  input[role="switch"]:checked { background-color: var(--primary-color); }
  input[role="switch"]:checked::after { inset-inline-start: 23px; }
  :disabled { opacity: 0.5; cursor: default; }
  @media (prefers-reduced-motion: reduce) { * , *::after { transition: none !important; } }
`;

export const STYLES = [BASE, PICTURE, FACTS, PLAN, CONTROLS].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});
