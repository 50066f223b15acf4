"""Charts as SVG, drawn on the server by Vega-Lite (`vl-convert`): readable without JavaScript, coloured by the page.

Colours are CSS variables (`var(--cut)`), so one drawing serves the light and the dark theme. Each chart is drawn twice,
wide and narrow, and the style sheet shows the one that fits. An unfinished period is hatched; a period without coverage
is a grey band, never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

import orjson
import vl_convert
from markupsafe import Markup

WIDE, NARROW = 1040, 342
"""Widths of the two drawings, in CSS pixels."""

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period of a panel. `value` is null where the period has no coverage."""

    start: str
    """First day of the period, ISO."""
    end: str
    """First day after it."""
    value: float | None
    part: float | None = None
    """The share of `value` that is drawn in a darker tone."""
    partial: bool = False
    """Whether the period is not over yet."""
    words: str
    """The bar in a sentence, for screen readers and the pointer."""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A row of bars on the common time axis."""

    title: str
    colour: str
    """Name of the CSS variable, without dashes: `cut`, `ai`."""
    bars: tuple[Bar, ...]
    unit: str = ""
    """`$` for money; empty for a count; `%` for a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A figure of the page: title, a sentence for those who cannot see it, and the drawing, wide and narrow."""

    id: str
    title: str
    description: str
    wide: Markup
    narrow: Markup
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """The same data as a table."""
    notes: tuple[str, ...] = field(default=())


CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "labelFont": FONT,
        "titleFont": FONT,
        "domain": False,
        "ticks": False,
        "gridColor": "var(--rule)",
        "labelPadding": 6,
    },
    "title": {"color": "var(--ink)", "fontSize": 13, "fontWeight": 600, "anchor": "start", "font": FONT, "offset": 8},
    "text": {"font": FONT, "color": "var(--muted)", "fontSize": 12},
    "aria": True,
}

MONEY_LABEL = (
    "datum.value == 0 ? '$0' : abs(datum.value) >= 1e12 ? '$' + format(datum.value / 1e12, ',.3~g') + 'tn' : "
    "abs(datum.value) >= 1e9 ? '$' + format(datum.value / 1e9, ',.4~g') + 'bn' : "
    "'$' + format(datum.value / 1e6, ',.4~g') + 'm'"
)
COUNT_LABEL = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.3~g') + 'm' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',.4~g') + 'k' : format(datum.value, ',')"
)
TIME_LABEL = "utcFormat(datum.value, utcdate(datum.value) != 1 ? '%-d %b' : utcmonth(datum.value) == 0 ? '%Y' : '%b')"
LABELS = {"$": MONEY_LABEL, "": COUNT_LABEL, "%": "datum.value + '%'"}


def panels(
    chart_id: str,
    title: str,
    description: str,
    rows: Sequence[Panel],
    *,
    height: int = 150,
    columns: tuple[str, ...] = (),
    table: tuple[tuple[str, ...], ...] = (),
    notes: tuple[str, ...] = (),
) -> Chart:
    """Return panels of bars one above the other on one time axis."""
    drawings = [
        draw(chart_id + suffix, title, description, orjson.dumps(panel_spec(rows, width, height)))
        for suffix, width in (("-w", WIDE), ("-n", NARROW))
    ]
    return Chart(
        id=chart_id,
        title=title,
        description=description,
        wide=drawings[0],
        narrow=drawings[1],
        columns=columns,
        rows=table,
        notes=notes,
    )


def panel_spec(rows: Sequence[Panel], width: int, height: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of aligned panels, `width` pixels wide in all."""
    first = min(bar.start for panel in rows for bar in panel.bars)
    last = max(bar.end for panel in rows for bar in panel.bars)
    plot = width - 62
    domain = [{"expr": f"utc({_utc(first)})"}, {"expr": f"utc({_utc(last)})"}]
    specs = []
    for number, panel in enumerate(rows):
        bottom = number == len(rows) - 1
        x = {
            "field": "start",
            "type": "temporal",
            "scale": {"type": "utc", "domain": domain, "nice": False},
            "axis": {
                "grid": False,
                "labels": bottom,
                "title": None,
                "ticks": bottom,
                "tickColor": "var(--rule)",
                "domain": True,
                "domainColor": "var(--axis)",
                "labelFlush": True,
                "tickCount": max(3, plot // 90),
                "labelExpr": TIME_LABEL,
            },
        }
        values = [_datum(bar) for bar in panel.bars]
        gap = round(min(2.0, plot / max(1, len(values)) * 0.18), 2)
        span = {"x": x, "x2": {"field": "end"}}
        y_axis = {"title": None, "labelExpr": LABELS[panel.unit], "tickCount": 4, "minExtent": 44, "maxExtent": 44}
        named = {"description": {"field": "words"}}
        linked = _linked(bar.href for bar in panel.bars)
        base = f"{panel.colour}-soft" if _has_part(panel) else panel.colour
        layer: list[dict[str, Any]] = []
        if any(bar.value is None for bar in panel.bars):
            layer.append(
                {
                    "transform": [{"filter": "datum.gap"}],
                    "mark": {"type": "rect", "fill": "url(#hatch-gap)"},
                    "encoding": {**span, "y": {"value": 0}, "y2": {"value": height}, **named},
                }
            )
        bars = {"type": "rect", "xOffset": gap / 2, "x2Offset": -gap / 2}
        layer.append(
            {
                "transform": [{"filter": "!datum.gap"}],
                "mark": bars,
                "encoding": {
                    **span,
                    "y": {"field": "value", "type": "quantitative", "axis": y_axis, "scale": {"domainMin": 0}},
                    "y2": {"datum": 0},
                    "fill": {
                        "condition": {"test": "datum.partial", "value": f"url(#hatch-{base})"},
                        "value": f"var(--{base})",
                    },
                    **named,
                    **linked,
                },
            }
        )
        if _has_part(panel):
            layer.append(
                {
                    "transform": [{"filter": "datum.part > 0"}],
                    "mark": {**bars, "aria": False},
                    "encoding": {
                        **span,
                        "y": {"field": "part", "type": "quantitative"},
                        "y2": {"datum": 0},
                        "fill": {
                            "condition": {"test": "datum.partial", "value": f"url(#hatch-{panel.colour})"},
                            "value": f"var(--{panel.colour})",
                        },
                    },
                }
            )
        specs.append(
            {
                "width": plot,
                "height": height,
                "title": panel.title,
                "data": {"values": values},
                "layer": layer,
            }
        )
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": CONFIG,
        "padding": {"left": 0, "right": 12, "top": 2, "bottom": 2},
        "vconcat": specs,
        "spacing": 18,
        "resolve": {"scale": {"x": "shared"}},
    }


def ranked(
    chart_id: str, title: str, description: str, items: Sequence[Mapping[str, Any]], *, colour: str, unit: str
) -> Chart:
    """Return horizontal bars, the largest first; each item has `name`, `value`, `label`, `words` and maybe `href`."""
    drawings = []
    for suffix, width in (("-w", 500), ("-n", NARROW)):
        spec = {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "config": CONFIG,
            "padding": {"left": 0, "right": 8, "top": 2, "bottom": 2},
            "width": width - 132 - 70,
            "height": {"step": 28},
            "data": {"values": list(items)},
            "encoding": {
                "y": {
                    "field": "name",
                    "type": "nominal",
                    "sort": None,
                    "axis": {
                        "title": None,
                        "minExtent": 120,
                        "maxExtent": 120,
                        "labelLimit": 118,
                        "labelColor": "var(--ink)",
                    },
                    "scale": {"paddingInner": 0.35, "paddingOuter": 0.1},
                },
                "x": {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}},
            },
            "layer": [
                {
                    "mark": {"type": "bar"},
                    "encoding": {
                        "fill": {"value": f"var(--{colour})"},
                        "description": {"field": "words"},
                        **_linked(item.get("href") for item in items),
                    },
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 6, "fill": "var(--ink)", "aria": False},
                    "encoding": {"text": {"field": "label"}},
                },
            ],
        }
        drawings.append(draw(chart_id + suffix, title, description, orjson.dumps(spec)))
    return Chart(
        id=chart_id,
        title=title,
        description=description,
        wide=drawings[0],
        narrow=drawings[1],
        columns=("", unit),
        rows=tuple((str(item["name"]), str(item["label"])) for item in items),
    )


def spark(name: str, above: Sequence[float], below: Sequence[float]) -> Markup:
    """Return bars of one series upwards and of the other downwards on one small time axis, each to its own scale."""
    width, middle = 132, 13
    step = width / max(1, len(above))

    def bars(values: Sequence[float], up: bool, tone: str) -> str:
        most = max(values, default=0)
        path = "".join(
            f"M{number * step + 0.5:.1f} {middle}h{step - 1:.1f}v{(-1 if up else 1) * value / most * 11.5:.1f}"
            f"h{1 - step:.1f}z"
            for number, value in enumerate(values)
            if value
        )
        return f'<path class="is-{tone}" d="{path}"/>' if path else ""

    return Markup(  # noqa: S704 - only numbers, and the name is escaped
        f'<svg class="spark" viewBox="0 0 {width} 26" role="img" aria-label="{escape(name)}: jobs cut upwards, AI '
        f'money downwards, by quarter"><line x1="0" x2="{width}" y1="{middle}" y2="{middle}"/>'
        f"{bars(above, True, 'cut')}{bars(below, False, 'ai')}</svg>"
    )


def strip(name: str, values: Sequence[int | None]) -> Markup:
    """Return a bar for each day, hatched where the day has no reading (null)."""
    width, height = 132, 26
    step = width / max(1, len(values))
    most = max((value for value in values if value), default=1)
    parts = [
        f'<rect class="fill-gap" x="{number * step:.1f}" y="0" width="{step:.1f}" height="{height}"/>'
        if value is None
        else f'<rect class="fill-axis" x="{number * step + 0.2:.1f}" y="{height - max(1.5, value / most * 25):.1f}" '
        f'width="{step - 0.4:.1f}" height="{max(1.5, value / most * 25):.1f}"/>'
        for number, value in enumerate(values)
    ]
    unread = sum(value is None for value in values)
    return Markup(  # noqa: S704 - only numbers, and the name is escaped
        f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}: '
        f'{len(values) - unread} of {len(values)} days read">{"".join(parts)}</svg>'
    )


@lru_cache(maxsize=256)
def draw(svg_id: str, title: str, description: str, spec: bytes) -> Markup:
    """Return the SVG of a Vega-Lite specification, with title and description for screen readers."""
    svg = vl_convert.vegalite_to_svg(orjson.loads(spec))
    size = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg)
    view = size.group(0) if size else ""
    body = svg[svg.index(">") + 1 :]
    body = re.sub(r' (?:stroke-miterlimit|pointer-events|opacity="1"|aria-roledescription|role)="[^"]*"', "", body)
    body = body.replace(' opacity="1"', "").replace("xlink:href", "href")
    body = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", body)
    # Vega puts an address of its own before each link
    body = body.replace('href="https://vega.github.io/vega-datasets/', 'href="')
    body = body.replace("<path aria-label=", '<path role="img" aria-label=')
    body = re.sub(r' aria-label="[XY]-axis[^"]*"', ' aria-hidden="true"', body)
    return Markup(  # noqa: S704 - Vega escapes the text of its marks, and title and description are escaped here
        f'<svg class="drawing" {view} role="group" aria-labelledby="{svg_id}-t {svg_id}-d">'
        f'<title id="{svg_id}-t">{escape(title)}</title><desc id="{svg_id}-d">{escape(description)}</desc>{body}'
    )


def _utc(day: str) -> str:
    year, month, date = day.split("-")
    return f"{int(year)}, {int(month) - 1}, {int(date)}"


def _datum(bar: Bar) -> dict[str, Any]:
    datum: dict[str, Any] = {"start": bar.start, "end": bar.end, "words": bar.words}
    if bar.value is None:
        return {**datum, "gap": True}
    datum["value"] = bar.value
    if bar.part is not None:
        datum["part"] = bar.part
    if bar.partial:
        datum["partial"] = True
    if bar.href:
        datum["href"] = bar.href
    return datum


def _linked(addresses: Iterable[str | None]) -> dict[str, Any]:
    """Return the encoding of links; a mark without an address of its own, such as a bar of nothing, has none."""
    return {"href": {"condition": {"test": "datum.href", "field": "href"}}} if any(addresses) else {}


def _has_part(panel: Panel) -> bool:
    return any(bar.part is not None for bar in panel.bars)


def warm() -> None:
    """Draw something small: the renderer takes a second to start."""
    bar = Bar(start="2026-01-01", end="2026-02-01", value=1, words="")
    draw("warm", "", "", orjson.dumps(panel_spec([Panel(title="", colour="cut", bars=(bar,))], NARROW, 60)))
