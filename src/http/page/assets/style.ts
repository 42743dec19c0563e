/** The page's one style sheet. Neutrals, states and sizes are those of the dashboard's design; no colour without a state. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --page: #f7f8fa; --card: #fff; --line: #e3e6ec; --text: #12161f; --soft: #4a5363; --quiet: #5f6878; --accent: #1f5ae0; --link: #1f5ae0; --on-accent: #fff;
  --pending: #5b6473; --pending-bg: #f0f2f5;
  --running: #1c5bd0; --running-bg: #e8f0fe;
  --waiting: #6443c4; --waiting-bg: #f0ecfc;
  --retrying: #8a5200; --retrying-bg: #fdf2dc;
  --blocked: #a83f08; --blocked-bg: #fdeae0;
  --done: #0b6b75; --done-bg: #e0f4f5;
  --verified: #11703a; --verified-bg: #e2f5e9;
  --failed: #bd1a1a; --failed-bg: #fdeaea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1117; --card: #151a22; --line: #283040; --text: #e8ebf1; --soft: #b3bccb; --quiet: #94a0b3; --link: #7aa5ff;
    --pending: #a3adbd; --pending-bg: #20262f;
    --running: #86b0ff; --running-bg: #17264a;
    --waiting: #b8a2ff; --waiting-bg: #261f45;
    --retrying: #f0bc5e; --retrying-bg: #35280f;
    --blocked: #ff9d6b; --blocked-bg: #3a2114;
    --done: #5fd0d8; --done-bg: #0f2f33;
    --verified: #5fd58b; --verified-bg: #11301f;
    --failed: #ff8a8a; --failed-bg: #3d1a1c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 400 13.5px/1.5 Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); text-underline-offset: 2px; }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
h1 { font-size: 22px; font-weight: 640; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 14.5px; font-weight: 640; margin: 0; }
h3 { font-size: 13.5px; font-weight: 640; margin: 0; }
p { margin: 0; }
code, .mono { font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
bdi { overflow-wrap: anywhere; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 12px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 2; }
.top { display: flex; align-items: center; gap: 16px; min-height: 52px; padding: 8px 24px; background: var(--card); border-bottom: 1px solid var(--line); flex-wrap: wrap; }
.brand { display: flex; align-items: center; gap: 8px; font-weight: 640; font-size: 16px; color: var(--text); text-decoration: none; }
.brand .icon { stroke: var(--link); }
.top nav { display: flex; gap: 4px; }
.top nav a { color: var(--soft); text-decoration: none; padding: 6px 10px; border-radius: 8px; font-weight: 560; min-height: 24px; }
.top nav a[aria-current] { background: var(--running-bg); color: var(--running); }
.top .end { margin-inline-start: auto; display: flex; align-items: center; gap: 16px; color: var(--soft); }
.live { display: inline-flex; align-items: center; gap: 6px; font-weight: 560; }
.live::before { content: ""; width: 8px; height: 8px; border-radius: 50%; border: 2px solid currentColor; }
.live.on { color: var(--verified); }
.live.on::before { background: currentColor; }
.live.off { color: var(--failed); }
.live.off::before { border-radius: 0; }
main { max-width: 1240px; margin: 0 auto; padding: 24px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.head { display: flex; gap: 12px 24px; align-items: flex-start; justify-content: space-between; flex-wrap: wrap; }
.head > div { min-width: 0; }
.crumbs { color: var(--quiet); font-size: 12.5px; }
.soft { color: var(--soft); } .quiet { color: var(--quiet); } .small { font-size: 12.5px; } .strong { font-weight: 640; }
.bad { color: var(--failed); font-weight: 640; } .good { color: var(--verified); font-weight: 640; }
.actions { display: flex; gap: 8px; flex-wrap: wrap; align-items: flex-start; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 34px; padding: 4px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: var(--text); font: inherit; font-weight: 560; text-decoration: none; cursor: pointer; }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.danger { color: var(--failed); border-color: currentColor; }
input[type=text], input[type=password], textarea { width: 100%; min-height: 34px; padding: 6px 10px; border: 1px solid var(--quiet); border-radius: 8px; background: var(--card); color: var(--text); font: inherit; }
label { display: grid; gap: 4px; font-weight: 560; }
label.check { display: flex; align-items: center; gap: 8px; font-weight: 400; min-height: 24px; }
form.stack { display: grid; gap: 12px; max-width: 460px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 16px; margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; min-width: 0; }
.cards .card { padding: 14px 16px; }
.cards dt { color: var(--soft); font-size: 12.5px; } .cards dd { margin: 0; font-size: 26px; font-weight: 640; line-height: 1.2; } .cards dd.note { font-size: 12.5px; font-weight: 400; color: var(--quiet); line-height: 1.5; }
.card > header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; padding: 12px 16px; border-bottom: 1px solid var(--line); }
.card > .body { padding: 16px; display: grid; gap: 12px; }
.chips { display: flex; flex-wrap: wrap; gap: 4px; padding: 0; margin: 0; list-style: none; }
.chips a { display: block; padding: 4px 10px; border-radius: 8px; color: var(--soft); text-decoration: none; font-weight: 560; border: 1px solid transparent; }
.chips a[aria-current] { border-color: var(--line); background: var(--pending-bg); color: var(--text); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: start; padding: 8px 16px; color: var(--quiet); font-size: 12.5px; }
th, td { padding: 9px 16px; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { font-size: 12.5px; font-weight: 560; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 560; }
th.line code { white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody a.row { color: var(--text); font-weight: 560; }
.sub { display: block; color: var(--quiet); font-size: 12.5px; font-weight: 400; overflow-wrap: anywhere; }
.badge { display: inline-flex; align-items: center; gap: 6px; padding: 2px 8px; border-radius: 6px; font-weight: 560; font-size: 12.5px; white-space: nowrap; }
.icon { flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon .solid { fill: currentColor; stroke: none; } .icon .cut { stroke: var(--card); stroke-width: 2.400; }
.badge.pending, .badge.skipped, .badge.attested, .badge.cut-off { color: var(--pending); background: var(--pending-bg); }
.badge.running { color: var(--running); background: var(--running-bg); }
.badge.waiting { color: var(--waiting); background: var(--waiting-bg); }
.badge.retrying, .badge.excepted { color: var(--retrying); background: var(--retrying-bg); }
.badge.blocked { color: var(--blocked); background: var(--blocked-bg); }
.badge.done { color: var(--done); background: var(--done-bg); }
.badge.verified { color: var(--verified); background: var(--verified-bg); }
.badge.failed, .badge.unknown { color: var(--failed); background: var(--failed-bg); }
.flag { display: inline-block; padding: 1px 8px; border: 1px solid currentColor; border-radius: 6px; font-size: 12px; font-weight: 640; color: var(--soft); }
.verdict { display: flex; gap: 16px 24px; align-items: flex-start; flex-wrap: wrap; padding: 20px 24px; border-inline-start-width: 5px; }
.verdict > .icon { width: 30px; height: 30px; margin-top: 2px; }
.verdict .say { flex: 1 1 320px; min-width: 0; } .verdict .say h2 { font-size: 20px; line-height: 1.3; }
.verdict .count { flex: 0 1 300px; display: grid; gap: 8px; }
.verdict.failed, .verdict.unknown { border-inline-start-color: var(--failed); } .verdict.failed > .icon, .verdict.unknown > .icon { color: var(--failed); }
.verdict.blocked { border-inline-start-color: var(--blocked); } .verdict.blocked > .icon { color: var(--blocked); }
.verdict.verified { border-inline-start-color: var(--verified); } .verdict.verified > .icon { color: var(--verified); }
.verdict.running { border-inline-start-color: var(--running); } .verdict.running > .icon { color: var(--running); }
.verdict.waiting { border-inline-start-color: var(--waiting); } .verdict.waiting > .icon { color: var(--waiting); }
.verdict.retrying, .verdict.excepted { border-inline-start-color: var(--retrying); } .verdict.retrying > .icon, .verdict.excepted > .icon { color: var(--retrying); }
.bar { display: block; width: 100%; min-width: 90px; height: 8px; border-radius: 4px; background: var(--pending-bg); }
.bar .dead { fill: var(--verified); } .bar .works { fill: url(#stripes); }
#stripes rect { fill: var(--failed-bg); } #stripes path { stroke: var(--failed); stroke-width: 3; }
.defs { position: absolute; width: 0; height: 0; }
.list { margin: 0; padding: 0; list-style: none; } .list > li { padding: 12px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; } .list > li:last-child { border-bottom: 0; }
.plain { margin: 0; padding-inline-start: 18px; }
.empty { padding: 32px 16px; text-align: center; color: var(--soft); display: grid; gap: 8px; justify-items: center; }
.notice { padding: 12px 16px; border-inline-start: 5px solid var(--blocked); }
.notice.error { border-inline-start-color: var(--failed); }
details > summary { cursor: pointer; font-weight: 560; min-height: 24px; }
details[open] > summary { margin-bottom: 12px; }
.sign-in { max-width: 420px; margin: 8vh auto 0; width: 100%; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 900px) { .wide, table.stack .wide { display: none; } }
@media (max-width: 640px) {
  main { padding: 12px; } .top { padding: 8px 12px; gap: 4px 12px; } .top nav { order: 3; width: 100%; } .mid, table.stack .mid { display: none; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; } th, td { padding: 9px 12px; }
  table.stack, table.stack tbody, table.stack tr, table.stack td, table.stack tbody th { display: block; border: 0; padding: 2px 0; }
  table.stack thead { display: none; } th.line code { white-space: normal; } table.stack tr { padding: 10px 12px; border-bottom: 1px solid var(--line); }
  table.stack td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); font-size: 12.5px; }
}
@media (prefers-reduced-motion: no-preference) {
  .badge.running > .icon, .badge.retrying > .icon { animation: turn 1.6s linear infinite; }
  @keyframes turn { to { transform: rotate(360deg); } }
}
@media print { .top, .actions, form { display: none; } }
`;
