"""The one table, and what is kept of it: JSON for machines, SVG for eyes."""

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from bench.drawing import draw
from bench.figures import Line

KEPT = Path("docs/benchmarks")


def show(console: Console, lines: Sequence[Line], size: int) -> None:
    """Print the table, if there is anything to tell."""
    if not lines:
        return
    table = Table(title=f"Préavis at {size:,} requests, medians of five")
    for name in ("what", "measured", "compared with", "ratio", "limit", "holds"):
        table.add_column(name, justify="left" if name in {"what", "compared with"} else "right")
    for line in lines:
        table.add_row(
            line.what,
            f"{shown(line.measured)} {line.unit}",
            f"{line.named}: {shown(line.beside)} {line.unit}",
            ratio(line),
            limit(line),
            "yes" if line.holds else "[bold red]no[/]",
        )
    console.print(table)
    missed = [line.what for line in lines if not line.holds]
    console.print(f"{len(lines) - len(missed)} of {len(lines)} limits hold.")


def keep(size: int, found: Mapping[str, Sequence[Line]], loads: Mapping[int, Any]) -> Path:
    """Keep what was measured, section by section, with what earlier runs of this size have."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{size}.json"
    kept = json.loads(file.read_text()) if file.exists() else {"sections": {}}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for name, lines in found.items():
        kept["sections"][name] = {"at": at, "lines": [line.as_json() for line in lines]}
    kept |= {"size": size, "machine": machine()}
    if loads:
        kept["loads"] = {str(one): told for one, told in loads.items()}
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
    every = [
        Line.from_json(one) for section in kept["sections"].values() for one in section["lines"]
    ]
    file.with_suffix(".svg").write_text(draw(every, size))
    return file


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "load": [round(one, 1) for one in psutil.getloadavg()],
    }


def shown(number: float) -> str:
    """Return a figure as people read it: three digits that mean something."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def ratio(line: Line) -> str:
    """Return what is compared with the limit."""
    return f"+{shown(line.ratio)} {line.unit}" if line.difference else f"{shown(line.ratio)} ×"


def limit(line: Line) -> str:
    """Return the limit, with the side that is good."""
    sign = "≥" if line.more_is_better else "≤"
    return (
        f"{sign} +{line.limit:g} {line.unit}" if line.difference else f"{sign} {line.limit:.3g} ×"
    )
