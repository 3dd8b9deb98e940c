// The charts, drawn by uPlot on canvas in the colours of the style sheet.

import uPlot from "./uplot/uPlot.esm.js";
import {axisTimes, compact, hasLocalTime, stepped} from "./numbers.js";
import {residualRange} from "./plot.js";
import {colour} from "./theme.js";

const AXIS_WIDTH = 64; // the same in both charts, so that their time axes align
const FONT = "12px Inter, system-ui, sans-serif";
const CLIP_ROOM = 12; // pixels, for the mark of a value beyond the chart
const MIN_STRETCH = 6; // pixels, for an incident of one value
const MARK_SIZES = {low: 4, medium: 5, high: 6.5};
const ms = 1; // times are milliseconds
const tzDate = time => uPlot.tzDate(new Date(time), "Etc/UTC");

const axis = more => ({
  font: FONT, stroke: () => colour("dim"),
  grid: {stroke: () => colour("grid"), width: 1}, ticks: {show: false}, ...more});

const timeAxis = more => axis({
  space: 90, gap: 6, values: (u, splits, index, space, increment) => axisTimes(splits, increment),
  grid: {show: false}, ...more});

const valueAxis = more => axis({
  size: AXIS_WIDTH, gap: 8, space: 44,
  values: (u, splits, index, space, increment) =>
    splits.map(splits.some(split => Math.abs(split) >= 1e5) ? compact : stepped(increment)),
  ...more});

/** The reader's own clock, above the chart whose times are UTC. */
const localAxis = hasLocalTime ? [timeAxis({scale: "x", side: 0, size: 36, values: (u, splits, index, space, increment) =>
  axisTimes(splits, increment, true).map((label, i) => (i === 0 ? label.replace(/(?=\n|$)/, " local") : label))})] : [];

const cursor = zoomed => ({
  sync: {key: "series", scales: ["x", null]},
  drag: {x: true, y: false, setScale: false},
  points: {size: (u, i) => (u.series[i].width ? 7 : 0), width: 2, fill: () => colour("surface"), stroke: (u, i) => u.series[i].stroke(u, i)},
  y: false,
  bind: {dblclick: () => () => zoomed(null)}});

const selected = zoomed => u => {
  if (u.select.width > 4) {
    zoomed([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
  }
  u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
};

const sized = target => ({width: Math.max(120, target.clientWidth), height: Math.max(60, target.clientHeight)});

/** Calls draw(ctx, box, pixel, x, y) with a fresh pen; box: {left, right, top, bottom} of the drawing area, in its pixels. */
const drawing = draw => u => {
  const {ctx, bbox: {left, top, width, height}} = u;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${11 * pixel}px Inter, system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.lineJoin = "round";
  ctx.lineWidth = pixel;
  draw(ctx, {left, right: left + width, top, bottom: top + height}, pixel, value => u.valToPos(value, "x", true), value => u.valToPos(value, "y", true), u);
  ctx.restore();
};

function path(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
}

/** Shades the time of each incident, of an open one up to the right edge, and tints the future as it was at the chosen origin. */
const shades = view => drawing((ctx, {left, right, top, bottom}, pixel, x) => {
  const shade = (name, from, to) => {
    ctx.fillStyle = colour(name);
    ctx.fillRect(Math.max(left, from), top, Math.max(0, Math.min(right, to) - Math.max(left, from)), bottom - top);
  };
  const least = (MIN_STRETCH * pixel) / 2;
  view.incidents.forEach(one => shade("alarm-soft", x(one.start) - least, one.open ? right : x(one.end) + least));
  if (view.origin !== null) {
    shade("future", x(view.origin), right);
  }
});

/** A dotted line at the chosen origin. */
const originLine = view => drawing((ctx, {left, right, top, bottom}, pixel, x) => {
  const at = Math.round(x(view.origin)) + 0.5;
  if (view.origin !== null && at >= left && at <= right) {
    ctx.strokeStyle = colour("dim");
    ctx.setLineDash([2 * pixel, 3 * pixel]);
    path(ctx, [[at, top], [at, bottom]]);
    ctx.stroke();
  }
});

/** A dashed line at each limit that the job warns of, with its words. */
const limitLines = view => drawing((ctx, {left, right, top, bottom}, pixel, x, y) => {
  ctx.textBaseline = "bottom";
  ctx.strokeStyle = ctx.fillStyle = colour("alarm");
  ctx.setLineDash([4 * pixel, 3 * pixel]);
  for (const {limit, direction} of view.limits) {
    const at = Math.round(y(limit)) + 0.5;
    if (at >= top && at <= bottom) {
      path(ctx, [[left, at], [right, at]]);
      ctx.stroke();
      ctx.fillText(`limit: ${direction} ${compact(limit)}`, left + 4 * pixel, at - 2 * pixel);
    }
  }
});

/** A diamond at the worst value of each incident, larger if it is more severe, and its kind in words. */
const incidentMarks = view => drawing((ctx, {left, right, top, bottom}, pixel, x, y) => {
  ctx.textBaseline = "bottom";
  ctx.lineWidth = 3 * pixel;
  ctx.strokeStyle = colour("surface");
  ctx.fillStyle = colour("alarm");
  const taken = []; // by words
  for (const one of view.incidents) {
    const at = x(one.worst_time);
    if (at < left || at > right) {
      continue;
    }
    const size = (MARK_SIZES[one.severity] ?? MARK_SIZES.low) * pixel;
    const edge = size + CLIP_ROOM * pixel;
    const middle = Math.min(bottom - edge, Math.max(top + edge, y(one.worst_value)));
    path(ctx, [[at, middle - size], [at + size, middle], [at, middle + size], [at - size, middle]]);
    ctx.closePath();
    ctx.stroke();
    ctx.fill();
    const room = ctx.measureText(one.label).width;
    const from = Math.min(at + 8 * pixel, right - room - 4 * pixel);
    if (!taken.some(([start, end]) => from < end && from + room > start)) { // the newest first
      ctx.strokeText(one.label, from, bottom - 4 * pixel);
      ctx.fillText(one.label, from, bottom - 4 * pixel);
      taken.push([from - 8 * pixel, from + room + 8 * pixel]);
    }
  }
});

/** Marks where values lie beyond the chart; lines: [{index of its data, name of its colour, write or none}]. */
const clipped = lines => drawing((ctx, {left, right, top, bottom}, pixel, x, y, {data, scales: {y: {min, max}}}) => {
  const size = 5 * pixel;
  ctx.strokeStyle = colour("surface"); // a rim, since lines and bars run through the marks
  ctx.lineWidth = 3 * pixel;
  for (const {index, name, write} of lines) {
    ctx.fillStyle = colour(name);
    let free = -Infinity;
    data[index]?.forEach((value, i) => {
      const at = x(data[0][i]);
      if (typeof value !== "number" || (value >= min && value <= max) || at < left || at > right) {
        return;
      }
      const up = value > max;
      const edge = up ? top : bottom;
      const base = edge + (up ? 1.6 : -1.6) * size;
      path(ctx, [[at, edge], [at - size, base], [at + size, base]]);
      ctx.closePath();
      ctx.stroke();
      ctx.fill();
      const text = write?.(value) ?? "";
      const room = ctx.measureText(text).width + 2 * size;
      const from = at + room > right ? at - room : at + 1.5 * size;
      if (text !== "" && from > free) {
        ctx.textBaseline = up ? "top" : "bottom";
        ctx.strokeText(text, from, edge);
        ctx.fillText(text, from, edge);
        free = from + room;
      }
    });
  }
});

/** A rule along the edge where an interval runs out of the chart; bounds: [[index of its data, name of its colour]]. */
const openEnds = bounds => drawing((ctx, {left, right, top, bottom}, pixel, x, y, {data, scales: {y: {min, max}}}) => {
  for (const [index, name] of bounds) {
    ctx.fillStyle = colour(name);
    let before = null;
    data[index]?.forEach((value, i) => {
      if (typeof value !== "number") {
        return;
      }
      const at = Math.min(right, Math.max(left, x(data[0][i])));
      if (before !== null && (value > max || value < min)) {
        ctx.fillRect(before, value > max ? top : bottom - 2 * pixel, at - before, 2 * pixel);
      }
      before = at;
    });
  }
});

/**
 * Actual values, past forecasts and the chosen one; below them the residuals on the same axis of times.
 * hovered(index or null) and zoomed([from, to] or null) receive what the pointer does.
 */
export class SeriesChart {
  #view = {rows: [], origin: null, incidents: [], limits: [], from: 0, to: 1, range: [0, 1]};
  #main;
  #residuals;

  constructor(mainTarget, residualTarget, {hovered, zoomed}) {
    const view = this.#view;
    const none = {show: false};
    const stroke = name => () => colour(name);
    const edge = name => ({width: 0, stroke: stroke(name), points: none});
    const bars = name => ({stroke: stroke(name), fill: stroke(name), width: 0, paths: uPlot.paths.bars({size: [0.7, 10], align: 0}), points: none});
    const chart = (target, more) => {
      const plot = new uPlot({...sized(target), ms, tzDate, legend: none, cursor: cursor(zoomed), ...more,
        scales: {x: {time: true, range: () => [view.from, view.to]}, ...more.scales},
        hooks: {setSelect: [selected(zoomed)], drawAxes: [shades(view)], ...more.hooks}}, [[]], target);
      new ResizeObserver(() => plot.setSize(sized(target))).observe(target);
      return plot;
    };
    this.#main = chart(mainTarget, {
      padding: [8, 8, 4, 0],
      scales: {y: {range: () => view.range}},
      axes: [timeAxis({size: 4, values: () => []}), valueAxis(), ...localAxis],
      series: [{},
        {stroke: stroke("actual"), width: 1.75, points: none},
        {stroke: stroke("said"), width: 1.25, dash: [4, 3], points: none},
        edge("said"), edge("said"),
        {stroke: stroke("forecast"), width: 2.5, points: {size: 7, width: 2, show: true,
          filter: u => this.#fanPoints(u), fill: stroke("surface"), stroke: stroke("forecast")}},
        edge("forecast"), edge("forecast"),
        {stroke: stroke("later"), width: 1.75, points: none},
        edge("said"), edge("said"), edge("forecast"), edge("forecast")],
      bands: [[10, 9, "band-past-wide"], [12, 11, "band-wide"], [4, 3, "band-past"], [7, 6, "band"]]
        .map(([high, low, name]) => ({series: [high, low], fill: stroke(name)})),
      hooks: {
        draw: [originLine(view), limitLines(view), incidentMarks(view),
          openEnds([[3, "said"], [4, "said"], [9, "said"], [10, "said"], [6, "forecast"], [7, "forecast"], [11, "forecast"], [12, "forecast"]]),
          clipped([{index: 2, name: "said"}, {index: 5, name: "forecast"},
            {index: 1, name: "actual", write: compact}, {index: 8, name: "later", write: compact}])],
        setCursor: [u => hovered(u.cursor.left >= 0 ? u.cursor.idx : null)]}});
    this.#residuals = chart(residualTarget, {
      padding: [6, 8, 0, 0],
      scales: {y: {range: () => residualRange(view.rows, view.from, view.to)}},
      axes: [timeAxis({size: 40}), valueAxis({space: 28})],
      series: [{}, bars("within"), bars("beyond")],
      hooks: {draw: [originLine(view), clipped([{index: 1, name: "within"}, {index: 2, name: "beyond"}])]}});
  }

  #fanPoints(u) {
    const found = [];
    u.data[5].forEach((value, i) => value !== undefined && u.data[0][i] > this.#view.origin && found.push(i));
    return found.length <= 60 ? found : [];
  }

  /** view: {rows, main, residuals} of plotOf, origin, incidents [{…, label}], limits [{limit, direction}], from, to, range [low, high] of its values */
  show(view) {
    Object.assign(this.#view, view);
    for (const [plot, data] of [[this.#main, view.main], [this.#residuals, view.residuals]]) {
      plot.setData(data.length && data[0].length ? data : [[]]);
    }
  }

  repaint() {
    this.#main.redraw(false, true);
    this.#residuals.redraw(false, true);
  }
}
