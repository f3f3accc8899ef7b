/** The report's style: everything in one file, light and dark, on paper too. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1b1e22; --soft: #5a626b; --line: #dfe1e4; --track: #eceef0;
  --good: #15703f; --good-soft: #dff3e6; --bad: #b3261e; --bad-soft: #fbe4e2;
  --phase: #3b5bdb; --part: #a5b4f3; --point: #b25e09; --point-soft: #f9dfb8; --time: #0b7285; --time-soft: #bfe6ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121416; --card: #1a1d20; --ink: #e8eaed; --soft: #a1a9b3; --line: #32373d; --track: #262a2f;
    --good: #63d08f; --good-soft: #16331f; --bad: #ff8f87; --bad-soft: #421a18;
    --phase: #7d97ff; --part: #465699; --point: #f5b65a; --point-soft: #55390f; --time: #5ccbdc; --time-soft: #0f434c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.15rem; margin: 0 0 1rem; }
p { margin: 0 0 0.75rem; max-width: 46rem; }
header { display: flex; gap: 1.25rem; align-items: center; flex-wrap: wrap; margin-bottom: 1.75rem; }
header p { margin: 0.25rem 0 0; color: var(--soft); }
.verdict { font-size: 1.6rem; font-weight: 700; letter-spacing: 0.04em; padding: 0.5rem 1.1rem; border-radius: 0.6rem;
  border: 2px solid currentColor; }
.verdict.good { background: var(--good-soft); } .verdict.bad { background: var(--bad-soft); }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.4rem 1.5rem;
  margin-bottom: 1.25rem; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem; margin: 0; }
.numbers div { display: block; padding: 0; border: 0; }
.numbers dt { color: var(--soft); font-size: 0.9rem; }
.numbers dd { margin: 0; font-size: 1.9rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
.share { display: flex; height: 0.9rem; border-radius: 0.45rem; overflow: hidden; margin: 1.25rem 0 0.5rem; gap: 2px;
  background: var(--card); }
.share span { display: block; min-width: 2px; }
.kept { background: var(--good); } .gone { background: var(--point); }
.legend { display: flex; gap: 0.25rem 1.5rem; flex-wrap: wrap; color: var(--soft); font-size: 0.9rem; margin: 0; padding: 0;
  list-style: none; }
.legend li::before { content: ""; display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 0.2rem;
  margin-right: 0.45rem; background: var(--swatch); vertical-align: -0.05rem; }
.objectives { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.25rem; }
.objective { border: 1px solid var(--line); border-radius: 0.6rem; padding: 1rem 1.1rem; }
.objective h3 { margin: 0; font-size: 0.95rem; font-weight: 600; display: flex; justify-content: space-between; }
.objective .measured { font-size: 1.9rem; font-weight: 650; margin: 0.2rem 0 0; }
.objective .measured small { font-size: 0.95rem; font-weight: 400; color: var(--soft); }
.objective p:last-child { margin: 0.3rem 0 0; color: var(--soft); font-size: 0.9rem; }
.timeline { --label: 17.5rem; margin: 0; position: relative; }
.lane { display: grid; grid-template-columns: var(--label) 1fr; align-items: center; min-height: 2.6rem; }
.lane .label { padding-right: 1rem; font-size: 0.92rem; line-height: 1.25; display: flex; gap: 0.6rem;
  justify-content: space-between; }
.lane .label span { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.lane .track { position: relative; height: 1.35rem; }
.lane.phase .track { background: linear-gradient(var(--track), var(--track)) center / 100% 1px no-repeat; }
.bar { position: absolute; top: 0.1rem; height: 0.7rem; min-width: 3px; border-radius: 0.2rem; background: var(--phase); }
.bar.failed { background: var(--bad); }
.part { position: absolute; bottom: 0; height: 0.3rem; min-width: 2px; border-radius: 0.15rem; background: var(--part); }
.span { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 0.25rem; }
.span.point { background: var(--point-soft); border: 1px solid var(--point); }
.span.time { background: var(--time-soft); border: 1px solid var(--time); }
.tick { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; z-index: 1; }
.overlay { position: absolute; left: var(--label); right: 0; top: 1.6rem; bottom: 1.6rem; pointer-events: none; }
.overlay .tick { opacity: 0.65; }
.flags { height: 1.6rem; margin-left: var(--label); position: relative; font-size: 0.8rem; }
.flags span { position: absolute; white-space: nowrap; transform: translateX(-50%); font-weight: 600; }
.flags span.end { transform: translateX(-100%); } .flags span.start { transform: none; }
.axis { height: 1.6rem; margin-left: var(--label); position: relative; border-top: 1px solid var(--line);
  color: var(--soft); font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.axis span { white-space: nowrap; position: absolute; top: 0.25rem; transform: translateX(-50%); }
.axis span:first-child { transform: none; } .axis span:last-child { transform: translateX(-100%); }
.backup { background: var(--good); color: var(--good); } .loss { background: var(--bad); color: var(--bad); }
.accepted { background: var(--time); color: var(--time); }
.flags span { background: none; }
dl { margin: 0; } dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: 0.4rem 0;
  border-top: 1px solid var(--line); } dl div:first-child { border-top: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.94rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.5rem; }
th, td { text-align: left; padding: 0.45rem 1.25rem 0.45rem 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 0.88rem; } tbody th { font-weight: 400; }
td { overflow-wrap: anywhere; } .checks th:first-child { width: 38%; } .checks td:nth-child(2) { width: 24%; }
.checks td:last-child { white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
code { font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul.plain { margin: 0 0 0.75rem; padding-left: 1.2rem; }
footer { color: var(--soft); font-size: 0.9rem; }
@media (max-width: 44rem) {
  .timeline { --label: 0rem; } .lane { grid-template-columns: 1fr; padding-top: 0.6rem; }
  dl div { grid-template-columns: 1fr; gap: 0; } section { padding: 1.1rem 1rem; }
}
@media print { body { background: none; } section { break-inside: avoid; } }
`;
