// Why a forecast is what it is: its parts, as steps from the level of the series to the forecast.

import {element, printable, say, scrolling} from "./element.js";
import {clock, time, writer} from "./numbers.js";

const SHOWN = 10; // parts beside the level; of more the largest
const REST = "smaller parts";

const NOTES = {
  level: "mean of the newest seasons or values", stack: "regression on the experts", network: "combining network",
  shift: "after a shift of the level", holidays: "correction on and around holidays", "outside-models": "models outside of Weir",
  other: "bounds, repeated outlier",
};

/** The parts that are drawn, in their order: [{name, amount}], but those that would be written as zero. */
function partsOf(all) {
  const [level, ...rest] = all;
  const write = writer(...ends(all));
  const isSeen = part => /[1-9]/.test(write(part.amount));
  const kept = new Set(rest.filter(isSeen).sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)).slice(0, SHOWN));
  const small = {name: REST, amount: rest.filter(part => !kept.has(part)).reduce((sum, part) => sum + part.amount, 0)};
  return [level, ...rest.filter(part => kept.has(part)), ...(isSeen(small) ? [small] : [])];
}

/** From the lowest to the highest of the running sums. */
function ends(parts) {
  let sum = parts[0].amount;
  let [low, high] = [sum, sum];
  for (const part of parts.slice(1)) {
    sum += part.amount;
    [low, high] = [Math.min(low, sum), Math.max(high, sum)];
  }
  return [low, high];
}

export class WhyPanel {
  #what = element("span", {class: "dim"});
  #rows = element("tbody", {});
  #shown = null;

  constructor() {
    this.element = element("section", {class: "why", "aria-label": "Why this forecast", hidden: true},
      element("h3", {}, "Why this forecast ", this.#what),
      scrolling("Parts of the forecast", element("table", {class: "why-parts"},
        element("thead", {class: "hidden-label"}, element("tr", {}, ...["Part", "Step", "Amount"].map(name => element("th", {scope: "col"}, name)))),
        this.#rows)));
  }

  /** Shows what a forecast consists of; nothing for null, or for one without an explanation. */
  show(forecast) {
    const explanation = forecast?.explanation?.parts ?? [];
    this.element.hidden = explanation.length === 0;
    if (this.element.hidden || explanation === this.#shown) {
      return;
    }
    this.#shown = explanation;
    const at = forecast.time[0];
    say(this.#what, at === null ? "" : `for ${clock(at, forecast.origin)}, made at ${time(forecast.origin)} UTC`);
    const parts = partsOf(explanation);
    const [low, high] = ends(parts);
    const write = writer(low, high);
    const place = value => (high > low ? (100 * (value - low)) / (high - low) : 50);
    let sum = 0;
    const rows = parts.map(({name, amount}, i) => {
      const before = sum;
      sum += amount;
      return i === 0 ? this.#row(name, "end", place(sum), 0, write(sum))
        : this.#row(name, amount < 0 ? "down" : "up", Math.min(place(before), place(sum)), Math.abs(place(sum) - place(before)),
          (amount > 0 ? "+" : "") + write(amount));
    });
    const value = forecast.value[0];
    this.#rows.replaceChildren(...rows, this.#row("forecast", "end total", place(value), 0, write(value)));
  }

  #row(name, kind, from, width, text) {
    const bar = element("span", {class: `step ${kind}`});
    bar.style.left = `${Math.max(0, Math.min(100, from))}%`;
    bar.style.width = `${width}%`;
    const note = NOTES[name] ?? null;
    return element("tr", {"data-part": name, class: kind},
      element("th", {scope: "row", title: note === null ? printable(name) : `${printable(name)}: ${note}`}, element("span", {class: "part-name"}, printable(name)), note === null ? null : element("span", {class: "part-note dim"}, note)),
      element("td", {class: "part-step"}, element("div", {class: "step-track"}, bar)),
      element("td", {class: "number"}, text));
  }
}
