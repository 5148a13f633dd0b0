"""Draw how near each figure is to its limit: one bar a line, the limit in the middle."""

from collections.abc import Sequence
from math import log2
from xml.sax.saxutils import escape

from bench.figures import Line

WIDTH, ROW, TOP, LEFT, BARS = 880, 28, 56, 360, 400
OCTAVES = 4
"""A bar reaches its end when the figure is sixteen times better or worse than the limit."""
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2933 }
.title { font-weight: 600; font-size: 16px }
.good { fill: #1b7f4d } .bad { fill: #b42318 } .limit { stroke: #1f2933; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e9ec } .good { fill: #4cc38a } .bad { fill: #ff8a80 } .limit { stroke: #e6e9ec }
}
"""


def draw(lines: Sequence[Line], size: int) -> str:
    """Return the figure as SVG; what it shows is also told in words."""
    title = f"Préavis at {size:,} requests: each figure beside its limit"
    told = "; ".join(f"{line.what}: {_margin(line)}" for line in lines)
    height = TOP + ROW * len(lines) + 16
    middle = LEFT + BARS // 2
    bars = "\n".join(_bar(line, TOP + ROW * place) for place, line in enumerate(lines))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"
  role="img" aria-labelledby="title desc">
<title id="title">{escape(title)}</title>
<desc id="desc">{escape(told)}</desc>
<style>{STYLE}</style>
<text class="title" x="16" y="24">{escape(title)}</text>
<text x="{middle}" y="44" text-anchor="middle">limit</text>
<text x="{WIDTH - 8}" y="44" text-anchor="end">times better</text>
<line class="limit" x1="{middle}" x2="{middle}" y1="{TOP - 8}" y2="{height - 12}"/>
{bars}
</svg>
"""


def better(line: Line) -> float:
    """Return how many times better than its limit a figure is; below one it is worse."""
    ratio = max(line.ratio, 1e-9)
    return ratio / line.limit if line.more_is_better else line.limit / ratio


def _margin(line: Line) -> str:
    times = better(line)
    return f"{times:.3g} times better" if times >= 1 else f"{1 / times:.3g} times worse"


def _bar(line: Line, y: int) -> str:
    middle = LEFT + BARS // 2
    reach = max(min(log2(better(line)) / OCTAVES, 1), -1) * BARS / 2
    x, width = min(middle, middle + reach), max(abs(reach), 2)
    kind = "good" if line.holds else "bad"
    return (
        f'<text x="16" y="{y + 14}">{escape(line.what)}</text>'
        f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" rx="3"/>'
        f'<text x="{WIDTH - 8}" y="{y + 14}" text-anchor="end">{better(line):.3g} ×</text>'
    )
