// The charts, drawn by uPlot on canvas in the colours of the style sheet.

import uPlot from "./uplot/uPlot.esm.js";
import {axisTimes, compact, hasLocalTime, stepped} from "./numbers.js";
import {residualRange} from "./plot.js";
import {colour} from "./theme.js";

const AXIS_WIDTH = 64; // the same in all charts, so that their time axes align
const FONT = "12px Inter, system-ui, sans-serif";
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

const cursor = (key, zoomed) => ({
  sync: {key, scales: ["x", null]},
  drag: {x: true, y: false, setScale: false},
  points: {size: (u, i) => (u.series[i].width ? 7 : 0), width: 2, fill: () => colour("surface"), stroke: (u, i) => u.series[i].stroke(u, i)},
  y: false,
  bind: {dblclick: () => () => zoomed(null)}});

function sized(target) {
  return {width: Math.max(120, target.clientWidth), height: Math.max(60, target.clientHeight)};
}

/** Keeps a chart as large as its place; the observer dies with the place. */
function fit(plot, target) {
  new ResizeObserver(() => plot.setSize(sized(target))).observe(target);
  return plot;
}

function selected(zoomed) {
  return u => {
    if (u.select.width > 4) {
      zoomed([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
    }
    u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
  };
}

/** The future as it was at the chosen origin is tinted, and each swap of the model is a labelled line. */
function marks(view, labelled) {
  return {
    under(u) {
      const {left, top, width, height} = u.bbox;
      stretches(u, view.incidents);
      if (view.origin === null) {
        return;
      }
      const from = Math.max(left, u.valToPos(view.origin, "x", true));
      if (from < left + width) {
        u.ctx.fillStyle = colour("future");
        u.ctx.fillRect(from, top, left + width - from, height);
      }
    },
    over(u) {
      const {ctx} = u;
      const {left, top, width, height} = u.bbox;
      const pixel = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, width, height);
      ctx.clip();
      ctx.lineWidth = pixel;
      if (view.origin !== null) {
        const x = Math.round(u.valToPos(view.origin, "x", true)) + 0.5;
        ctx.strokeStyle = colour("dim");
        ctx.setLineDash([2 * pixel, 3 * pixel]);
        line(ctx, x, top, top + height);
      }
      ctx.strokeStyle = colour("swap");
      ctx.fillStyle = colour("swap");
      ctx.font = `600 ${11 * pixel}px Inter, system-ui, sans-serif`;
      ctx.textBaseline = "top";
      ctx.textAlign = "left";
      ctx.setLineDash([6 * pixel, 4 * pixel]);
      let free = -Infinity;
      for (const swap of view.swaps) {
        const x = Math.round(u.valToPos(swap.time, "x", true)) + 0.5;
        if (x < left || x > left + width) {
          continue;
        }
        line(ctx, x, top, top + height);
        const room = ctx.measureText(swap.label).width;
        const at = x + room + 8 * pixel > left + width ? x - room - 5 * pixel : x + 5 * pixel;
        if (labelled && at > free) {
          ctx.fillText(swap.label, at, top + 4 * pixel);
          free = at + room + 8 * pixel;
        }
      }
      ctx.restore();
      if (labelled) {
        limitLines(u, view.limits);
        incidentMarks(u, view.incidents);
      }
    }};
}

const CLIP_ROOM = 12; // pixels, for the mark of a value beyond the chart
const MIN_STRETCH = 6; // pixels, for an incident of one value

/** Shades the time of each incident, of an open one up to the right edge. */
function stretches(u, incidents) {
  const {left, top, width, height} = u.bbox;
  u.ctx.fillStyle = colour("alarm-soft");
  for (const one of incidents) {
    const least = MIN_STRETCH * devicePixelRatio / 2;
    const from = Math.max(left, u.valToPos(one.start, "x", true) - least);
    const to = one.open ? left + width : Math.min(left + width, u.valToPos(one.end, "x", true) + least);
    if (to > from) {
      u.ctx.fillRect(from, top, to - from, height);
    }
  }
}

/** A dashed line at each limit that the job warns of, with its words. */
function limitLines(u, limits) {
  const {ctx} = u;
  const {left, top, width, height} = u.bbox;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${11 * pixel}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = "bottom";
  ctx.strokeStyle = ctx.fillStyle = colour("alarm");
  ctx.lineWidth = pixel;
  ctx.setLineDash([4 * pixel, 3 * pixel]);
  for (const {limit, direction} of limits) {
    const y = Math.round(u.valToPos(limit, "y", true)) + 0.5;
    if (y >= top && y <= top + height) {
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.fillText(`limit: ${direction} ${compact(limit)}`, left + 4 * pixel, y - 2 * pixel);
    }
  }
  ctx.restore();
}

/** A diamond at the worst value of each incident, larger if it is more severe, and its kind in words. */
function incidentMarks(u, incidents) {
  const {ctx} = u;
  const {left, top, width, height} = u.bbox;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${11 * pixel}px Inter, system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineJoin = "round";
  const taken = [];
  for (const one of incidents) {
    const x = u.valToPos(one.worst_time, "x", true);
    if (x < left || x > left + width) {
      continue;
    }
    const size = ({low: 4, medium: 5, high: 6.5}[one.severity] ?? 4) * pixel;
    const edge = size + CLIP_ROOM * pixel;
    const y = Math.min(top + height - edge, Math.max(top + edge, u.valToPos(one.worst_value, "y", true)));
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
    ctx.strokeStyle = colour("surface");
    ctx.lineWidth = 3 * pixel;
    ctx.stroke();
    ctx.fillStyle = colour("alarm");
    ctx.fill();
    const room = ctx.measureText(one.label).width;
    const at = Math.min(x + 8 * pixel, left + width - room - 4 * pixel);
    const bottom = top + height - 4 * pixel;
    if (!taken.some(([from, to]) => at < to && at + room > from)) { // the newest first
      ctx.strokeText(one.label, at, bottom);
      ctx.fillText(one.label, at, bottom);
      taken.push([at - 8 * pixel, at + room + 8 * pixel]);
    }
  }
  ctx.restore();
}

/** Marks where values lie beyond the chart; lines: [{index of its data, name of its colour, write or none}]. */
function clipped(lines) {
  return u => {
    const {ctx, data} = u;
    const {min, max} = u.scales.y;
    const {left, top, width, height} = u.bbox;
    const size = 5 * devicePixelRatio;
    ctx.save();
    ctx.font = `600 ${11 * devicePixelRatio}px Inter, system-ui, sans-serif`;
    ctx.strokeStyle = colour("surface"); // a rim, since lines and bars run through the marks
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.lineJoin = "round";
    ctx.textAlign = "left";
    for (const {index, name, write} of lines) {
      ctx.fillStyle = colour(name);
      let free = -Infinity;
      data[index]?.forEach((value, i) => {
        const x = u.valToPos(data[0][i], "x", true);
        if (typeof value !== "number" || (value >= min && value <= max) || x < left || x > left + width) {
          return;
        }
        const up = value > max;
        const edge = up ? top : top + height;
        const base = edge + (up ? 1.6 : -1.6) * size;
        ctx.beginPath();
        ctx.moveTo(x, edge);
        ctx.lineTo(x - size, base);
        ctx.lineTo(x + size, base);
        ctx.closePath();
        ctx.stroke();
        ctx.fill();
        const text = write?.(value) ?? "";
        const room = ctx.measureText(text).width + 2 * size;
        const at = x + room > left + width ? x - room : x + 1.5 * size;
        if (text !== "" && at > free) {
          ctx.textBaseline = up ? "top" : "bottom";
          ctx.strokeText(text, at, edge);
          ctx.fillText(text, at, edge);
          free = at + room;
        }
      });
    }
    ctx.restore();
  };
}

/** A rule along the edge where an interval runs out of the chart; bounds: [{index of its data, name of its colour}]. */
function openEnds(bounds) {
  return u => {
    const {ctx, data} = u;
    const {min, max} = u.scales.y;
    const {left, top, width, height} = u.bbox;
    const thick = 2 * devicePixelRatio;
    for (const {index, name} of bounds) {
      ctx.fillStyle = colour(name);
      let before = null;
      data[index]?.forEach((value, i) => {
        if (typeof value !== "number") {
          return;
        }
        const x = Math.min(left + width, Math.max(left, u.valToPos(data[0][i], "x", true)));
        if (before !== null && (value > max || value < min)) {
          ctx.fillRect(before, value > max ? top : top + height - thick, x - before, thick);
        }
        before = x;
      });
    }
  };
}

function line(ctx, x, from, to) {
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}

/**
 * Actual values, past forecasts and the chosen one; below them the residuals on the same axis of times.
 * hovered(index or null) and zoomed([from, to] or null) receive what the pointer does.
 */
export class SeriesChart {
  #view = {rows: [], origin: null, swaps: [], incidents: [], limits: [], from: 0, to: 1, range: [0, 1]};
  #main;
  #residuals;

  constructor(mainTarget, residualTarget, {hovered, zoomed}) {
    const key = "series";
    const view = this.#view;
    const none = {show: false};
    const stroke = name => () => colour(name);
    const x = {time: true, range: () => [view.from, view.to]};
    const ends = [3, 4, 9, 10].map(index => ({index, name: "said"})).concat([6, 7, 11, 12].map(index => ({index, name: "forecast"})));
    const above = marks(view, true);
    const below = marks(view, false);
    this.#main = fit(new uPlot({
      ...sized(mainTarget), ms, tzDate, legend: none, cursor: cursor(key, zoomed), padding: [8, 8, 4, 0],
      scales: {x, y: {range: () => view.range}},
      axes: [timeAxis({size: 4, values: () => []}), valueAxis(), ...localAxis],
      series: [{},
        {stroke: stroke("actual"), width: 1.75, points: none},
        {stroke: stroke("said"), width: 1.25, dash: [4, 3], points: none},
        {width: 0, stroke: stroke("said"), points: none}, {width: 0, stroke: stroke("said"), points: none},
        {stroke: stroke("forecast"), width: 2.5, points: {size: 7, width: 2, show: true,
          filter: u => this.#fanPoints(u), fill: () => colour("surface"), stroke: () => colour("forecast")}},
        {width: 0, stroke: stroke("forecast"), points: none}, {width: 0, stroke: stroke("forecast"), points: none},
        {stroke: stroke("later"), width: 1.75, points: none},
        ...["said", "said", "forecast", "forecast"].map(name => ({width: 0, stroke: stroke(name), points: none}))],
      bands: [
        {series: [10, 9], fill: () => colour("band-past-wide")},
        {series: [12, 11], fill: () => colour("band-wide")},
        {series: [4, 3], fill: () => colour("band-past")},
        {series: [7, 6], fill: () => colour("band")}],
      hooks: {
        drawAxes: [above.under], draw: [above.over, openEnds(ends), clipped([
          {index: 2, name: "said"}, {index: 5, name: "forecast"},
          {index: 1, name: "actual", write: compact}, {index: 8, name: "later", write: compact}])], setSelect: [selected(zoomed)],
        setCursor: [u => hovered(u.cursor.left >= 0 ? u.cursor.idx : null)]},
    }, [[]], mainTarget), mainTarget);
    const bars = uPlot.paths.bars({size: [0.7, 10], align: 0});
    this.#residuals = fit(new uPlot({
      ...sized(residualTarget), ms, tzDate, legend: none, cursor: cursor(key, zoomed), padding: [6, 8, 0, 0],
      scales: {x, y: {range: () => residualRange(view.rows, view.from, view.to)}},
      axes: [timeAxis({size: 40}), valueAxis({space: 28})],
      series: [{},
        {stroke: stroke("within"), fill: stroke("within"), width: 0, paths: bars, points: none},
        {stroke: stroke("beyond"), fill: stroke("beyond"), width: 0, paths: bars, points: none}],
      hooks: {drawAxes: [below.under], draw: [below.over, clipped([{index: 1, name: "within"}, {index: 2, name: "beyond"}])], setSelect: [selected(zoomed)]},
    }, [[]], residualTarget), residualTarget);
  }

  #fanPoints(u) {
    const found = [];
    u.data[5].forEach((value, i) => value !== undefined && u.data[0][i] > this.#view.origin && found.push(i));
    return found.length <= 60 ? found : [];
  }

  /** view: {rows, main, residuals} of plotOf, origin, swaps [{time, label}], incidents [{…, label}], limits [{limit, direction}], from, to, range [low, high] of its values */
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

  /** Both charts as they are drawn now, the one above the other. */
  get canvases() {
    return [this.#main.ctx.canvas, this.#residuals.ctx.canvas];
  }

  destroy() {
    this.#main.destroy();
    this.#residuals.destroy();
  }
}

const MINUTE = 60_000;

/** A chart of the job over the last minutes; lines: [{colour, dash}], write: how its numbers are written. */
export class JobChart {
  #plot;

  /** range({known, low, high, usual}) says from where to where values are shown; known: all, sorted; usual: their median */
  constructor(target, lines, {write, range}) {
    this.#plot = fit(new uPlot({
      ...sized(target), ms, legend: {show: false}, padding: [8, 12, 0, 0],
      cursor: {sync: {key: "job", scales: ["x", null]}, drag: {x: false, y: false}, y: false,
        points: {size: 6, fill: () => colour("surface"), stroke: (u, i) => u.series[i].stroke(u, i), width: 2}},
      scales: {
        x: {time: true, range: (u, low, high) => [Math.min(low ?? 0, (high ?? 0) - MINUTE), high ?? MINUTE]},
        y: {range: u => range(spread(u.data.slice(1)))}},
      axes: [
        timeAxis({size: 26, space: 70, splits: (u, index, from, to) => {
          const step = [10_000, 30_000, MINUTE, 2 * MINUTE].find(ms => (to - from) / ms <= 6.5) ?? 2 * MINUTE;
          return Array.from({length: Math.floor((to - from) / step) + 1}, (_, i) => to - i * step).reverse();
        }, values: (u, splits) => splits.map(at => ago(u.scales.x.max - at))}),
        valueAxis({values: (u, splits) => splits.map(write)})],
      // a job with rare checkpoints has a point now and then: they are joined, and one by itself is a dot
      series: [{}, ...lines.map(one => ({stroke: () => colour(one.colour), width: 1.75, dash: one.dash, spanGaps: true,
        points: {show: true, size: 5, fill: () => colour(one.colour), stroke: () => colour(one.colour), filter: alone}}))],
      hooks: {draw: [clipped(lines.map((one, i) => ({index: i + 1, name: one.colour, write})))]},
    }, [[]], target), target);
  }

  show(data) {
    this.#plot.setData(data[0].length ? data : [[]]);
  }

  repaint() {
    this.#plot.redraw(false, true);
  }
}

function alone(u, line) {
  const known = [];
  u.data[line]?.forEach((value, i) => typeof value === "number" && known.push(i));
  return known.length === 1 ? known : [];
}

function spread(columns) {
  const known = columns.flat().filter(value => typeof value === "number").sort((a, b) => a - b);
  return {known, low: known[0] ?? 0, high: known[known.length - 1] ?? 0, usual: known[known.length >> 1] ?? 0};
}

const ago = before => (before < 1000 ? "now" : before < MINUTE ? `−${Math.round(before / 1000)} s`
  : `−${(before / MINUTE).toFixed(before % MINUTE ? 1 : 0)} min`);
