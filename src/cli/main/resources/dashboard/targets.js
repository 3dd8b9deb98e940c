// The targets of a series and their totals side by side: a small chart of each, with its forecast and intervals.

import {byId, element, printable, say} from "./element.js";
import {ask} from "./feed.js";
import {History} from "./history.js";
import {clock, number} from "./numbers.js";
import {valueRange} from "./plot.js";
import {colour, onTheme} from "./theme.js";

const VALUES = 60; // of each chart
const PAUSE_MS = 1_000; // between two questions for all of them

export class Targets {
  #names = [];
  #histories = new Map(); // by name
  #cards = new Map(); // by name
  #timer = null;
  #asked = 0; // when

  constructor() {
    onTheme(() => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(byId("targets"));
  }

  /** Shows those that are forecast with a series; none for one target. */
  show(names, chosen) {
    if (names.join("\n") !== this.#names.join("\n")) {
      this.#names = names;
      this.#histories.clear();
      this.#cards.clear();
      const series = names.length ? names[0].slice(0, names[0].lastIndexOf("/")) : "";
      byId("targets").hidden = names.length === 0;
      byId("targets").setAttribute("aria-label", `Targets of ${printable(series)}`);
      byId("targets").replaceChildren(...names.map(name => this.#card(name)));
    }
    for (const [name, {link}] of this.#cards) {
      link.toggleAttribute("data-chosen", name === chosen.series);
      link.setAttribute("aria-current", name === chosen.series);
    }
    if (names.length > 0) {
      this.#histories.set(chosen.series, chosen);
      this.#later();
    }
  }

  #card(name) {
    const parts = {
      said: element("span", {class: "target-said"}), region: element("span", {class: "target-region dim"}),
      canvas: element("canvas", {"aria-hidden": "true"})};
    parts.link = element("a", {class: "target panel", href: "#" + new URLSearchParams({series: name}), "data-target": name},
      element("span", {class: "target-name"}, element("bdi", {}, printable(name.slice(name.lastIndexOf("/") + 1)))),
      parts.said, parts.canvas, parts.region);
    this.#cards.set(name, parts);
    return parts.link;
  }

  /** Asks for the news of all, not more often than each second. */
  #later() {
    this.#timer ??= setTimeout(async () => {
      const names = this.#names;
      const told = await Promise.all(names.map(series => ask("api/series/history", {series, limit: VALUES}).catch(() => null)));
      this.#timer = null;
      this.#asked = performance.now();
      if (names !== this.#names) {
        this.#later();
        return;
      }
      told.forEach((one, i) => {
        if (one !== null) {
          const history = new History(names[i]);
          history.merge(one);
          this.#histories.set(names[i], history);
        }
      });
      this.#draw();
    }, Math.max(0, this.#asked + PAUSE_MS - performance.now()));
  }

  #draw() {
    const shown = [...this.#cards].map(([name, parts]) => {
      const history = this.#histories.get(name);
      const mode = history?.modeNames()[0] ?? null;
      const chosen = mode === null ? null : history.forecastAt(mode, null);
      return {parts, chosen, level: history?.modes.get(mode)?.level ?? null, values: history?.observations.slice(-VALUES) ?? []};
    });
    const times = shown.flatMap(({values, chosen}) => [...values.map(one => one.time), ...(chosen?.time ?? [])]).filter(at => at !== null);
    const [from, to] = [times.reduce((a, b) => Math.min(a, b), Infinity), times.reduce((a, b) => Math.max(a, b), -Infinity)];
    for (const {parts, chosen, values} of shown) {
      say(parts.said, chosen === null ? "" : number(chosen.value[0]) + (chosen.lower === null ? "" : ` (${number(chosen.lower[0])} to ${number(chosen.upper[0])})`));
      say(parts.region, chosen === null ? "no forecast yet"
        : `${chosen.time[0] === null ? "" : `for ${clock(chosen.time[0], chosen.origin)}`}${chosen.region_lower ? `, region ${number(chosen.region_lower[0])} to ${number(chosen.region_upper[0])}` : ""}`);
      draw(parts.canvas, {values, chosen, from, to});
    }
  }
}

/** Draws what came, the forecast after it, its intervals, and lightly the region of all targets. */
function draw(canvas, {values, chosen, from, to}) {
  const pixel = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * pixel);
  canvas.height = Math.round(height * pixel);
  if (width === 0 || !(to > from)) {
    return;
  }
  const ctx = canvas.getContext("2d");
  ctx.scale(pixel, pixel);
  const rows = [...values.map(one => ({time: one.time, actual: one.value})), ...(chosen?.value ?? []).map((fan, i) => ({
    time: chosen.time[i], fan, fanLow: chosen.lower?.[i], fanHigh: chosen.upper?.[i], fanLowest: chosen.region_lower?.[i], fanHighest: chosen.region_upper?.[i]}))];
  const [low, high] = valueRange(rows, from, to);
  const x = at => 1 + (width - 5) * (at - from) / (to - from);
  const y = value => height * (high - Math.min(high, Math.max(low, value))) / (high - low);
  const start = values.at(-1);
  const path = points => {
    ctx.beginPath();
    points.forEach(([at, value], i) => (i ? ctx.lineTo(x(at), y(value)) : ctx.moveTo(x(at), y(value))));
  };
  const said = of => (chosen === null || !of ? []
    : [...(start && start.time <= chosen.time[0] ? [[start.time, start.value]] : []), ...chosen.time.map((at, i) => [at, of[i]])].filter(([at]) => at !== null));
  const area = (lower, upper, fill) => {
    if (lower && upper) {
      path([...said(lower), ...said(upper).reverse()]);
      ctx.fillStyle = colour(fill);
      ctx.fill();
    }
  };
  area(chosen?.region_lower, chosen?.region_upper, "band-wide");
  area(chosen?.lower, chosen?.upper, "band");
  const line = (points, name, thick) => {
    path(points);
    ctx.strokeStyle = colour(name);
    ctx.lineWidth = thick;
    ctx.lineJoin = "round";
    ctx.stroke();
  };
  line(values.map(one => [one.time, one.value]), "actual", 1.25);
  line(said(chosen?.value), "forecast", 2);
  if (chosen?.value.length === 1 && chosen.time[0] !== null) { // as of a sum of steps
    if (chosen.lower) {
      line([[chosen.time[0], chosen.lower[0]], [chosen.time[0], chosen.upper[0]]], "said", 3);
    }
    ctx.fillStyle = colour("forecast");
    ctx.beginPath();
    ctx.arc(x(chosen.time[0]), y(chosen.value[0]), 3.5, 0, 7);
    ctx.fill();
  }
}
