"""The page's style sheet and frame: light and dark, phone and paper, and nothing that has to be fetched.

Conditions are told apart by colour, dash and mark; the colours are those that the colour-blind can tell apart
(Okabe & Ito 2008), darker on light ground and lighter on dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1c1f23; --quiet: #5c6570; --rule: #d7dce1; --soft: #f4f6f8; --warn: #8a4b00;
  --c0: #0063a6; --c1: #b34700; --c2: #00785a; --c3: #a5417f; --c4: #7a6200; --c5: #2a7fb8; --c6: #6b4fa0;
  --c7: #4a4f55;
  --nominal: #9cc4a8; --hold: #e0a100; --limp: #c8372d; --fault: #c8372d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --ink: #e7eaed; --quiet: #a3adb7; --rule: #343b42; --soft: #1d2226; --warn: #ffc078;
    --c0: #6cb8f0; --c1: #ff9a5c; --c2: #4fd0a8; --c3: #ec9acb; --c4: #e0c860; --c5: #a4d4f2; --c6: #bfa6ec;
    --c7: #c3c9d0;
    --nominal: #3f6b4e; --hold: #f0b93a; --limp: #ff7a6e; --fault: #ff7a6e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { font-size: 1.5rem; line-height: 1.2; margin: .2rem 0 .4rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; border-top: 1px solid var(--rule); padding-top: 1rem; }
p, ul, dl { max-width: 46rem; margin: .4rem 0; }
ul { padding-left: 1.2rem; }
dd { margin: 0 0 .5rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .3rem 1rem; max-width: none; }
.facts dt { color: var(--quiet); font-size: .8rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.notes { border-left: 4px solid var(--warn); background: var(--soft); padding: .5rem .8rem; max-width: 46rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
.key { display: inline-block; margin-right: .9rem; white-space: nowrap; }
.key svg { display: inline-block; width: 1.9rem; height: 1.05rem; vertical-align: -.15rem; margin-right: .3rem; }
figure { margin: .5rem 0; min-width: 0; max-width: 34rem; }
figcaption { font-size: .9rem; margin-bottom: .2rem; }
svg { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; margin: .6rem 0; }
.scroll:focus-visible { outline: 2px solid var(--c0); }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(46rem, calc(100vw - 2rem)); }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--quiet); border-bottom: 2px solid var(--rule); vertical-align: bottom; min-width: 4.5rem; }
th[scope=row], .words { text-align: left; }
th[scope=row] { white-space: nowrap; }
td { white-space: nowrap; }
td.words { white-space: normal; min-width: 8.5rem; max-width: 24rem; }
td.long { min-width: 14rem; }
td small, th small { display: block; color: var(--quiet); font-size: .78rem; font-weight: 400; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
svg .tick, svg .small { fill: var(--quiet); font-size: 11px; }
svg .title { fill: var(--quiet); }
.axis, .zero { stroke: var(--quiet); stroke-width: 1; }
line.grid { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.dot { fill: var(--ground); stroke-width: 1.6; }
.band { fill: var(--fault); opacity: .16; }
.nominal { fill: var(--nominal); } .hold { fill: var(--hold); } .limp { fill: var(--limp); }
.fault { fill: var(--fault); }
.start { fill: var(--ink); } .zeroline { fill: var(--quiet); }
.pair { stroke: var(--quiet); opacity: .45; stroke-width: 1.2; }
.interval { stroke: var(--ink); stroke-width: 3; }
.quietdot { stroke: var(--quiet); }
.dot.median { stroke: var(--ink); fill: var(--ink); }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
.d1 { stroke-dasharray: 7 3; } .d2 { stroke-dasharray: 2 3; } .d3 { stroke-dasharray: 9 3 2 3; }
.d4 { stroke-dasharray: 12 4; } .d5 { stroke-dasharray: 4 2; }
@media (max-width: 40rem) {
  th[scope=row] { white-space: normal; min-width: 6rem; max-width: 9rem; overflow-wrap: anywhere; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --soft: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  .grid { grid-template-columns: 1fr 1fr; }
  table { font-size: 7pt; }
  td small, th small { font-size: 6pt; }
  th, td { padding: .12rem .25rem; white-space: normal; }
  thead th, td.words, td.long { min-width: 0; }
}
"""


def page(title: str, body: Sequence[str]) -> str:
    """Return a whole page: one file that refers to nothing outside itself."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body></html>\n"
    )
