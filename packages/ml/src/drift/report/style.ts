/** The style of a report, as it stands between its style tags: a page that serves reports allows it by its hash. */
export const driftReportStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #57606a; --line: #d0d7de;
  --reference: #6e7781; --current: #0969da; --bad: #a40e26; --good: #116329; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9198a1; --line: #3d444d;
  --reference: #9198a1; --current: #58a6ff; --bad: #ff9492; --good: #56d364; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin-top: 2.5rem; font-size: 1.25rem; } h3 { font-size: 1.05rem; }
.drift { color: var(--bad); font-weight: 600; } .no-drift { color: var(--good); } .not-enough-data { color: var(--faint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: var(--faint); } dd { margin: 0; }
dd { overflow-wrap: anywhere; } td { overflow-wrap: break-word; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; } td.number, th.number { text-align: right; white-space: nowrap; }
caption { text-align: left; color: var(--faint); padding-bottom: .35rem; }
figure { margin: 1rem 0; } figcaption { color: var(--faint); } svg { width: 100%; height: auto; max-width: 45rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .label { text-anchor: end; } svg .value { fill: var(--faint); font-size: 10px; }
svg .reference { fill: var(--reference); } svg .current { fill: var(--current); }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 0; }
.key.reference { background: var(--reference); } .key.current { background: var(--current); }
summary { cursor: pointer; } footer { margin-top: 3rem; color: var(--faint); font-size: .9rem; }
`;
