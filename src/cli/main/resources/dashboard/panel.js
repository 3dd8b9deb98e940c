// One mode of the chosen series: what it says next in words, the chart with its legend, and the values as a table.

import {SeriesChart} from "./chart.js";
import {element, modelName, printable, say, scrolling} from "./element.js";
import {ExpertsPanel} from "./experts.js";
import {kindOf, limitsOf, sentence} from "./incidents.js";
import {STATUS_WORDS} from "./list.js";
import {against, clock, duration, local, NONE, number, percent, time, writer} from "./numbers.js";
import {clippedIn, plotOf, valueRange} from "./plot.js";
import {csvOf, pngOf, save} from "./save.js";
import {WhyPanel} from "./why.js";

const TABLE_ROWS = 40;

export class ModePanel {
  #mode;
  #chart;
  #plot = null;
  #shown = null;
  #parts = {};
  #incidents = []; // those in sight, newest first
  #why = new WhyPanel();

  /** events: {hovered, zoomed} */
  constructor(mode, events) {
    this.#mode = mode;
    this.experts = new ExpertsPanel(mode ?? "");
    const parts = this.#parts;
    const main = element("div", {class: "chart-main", role: "img", "data-chart": "main"});
    const residual = element("div", {class: "chart-residual", role: "img", "data-chart": "residuals"});
    const key = (name, label) => {
      parts[name] = element("b", {class: "key-value"});
      return element("span", {class: `key key-${name}`}, element("i", {"aria-hidden": "true"}), `${label} `, parts[name]);
    };
    parts.at = element("span", {class: "key-time"});
    parts.bands = element("span", {class: "key key-bands"}, element("i", {"aria-hidden": "true"}), parts.levels = element("span", {}));
    parts.clipped = element("span", {class: "key key-clipped"});
    parts.incident = element("span", {class: "key key-incident"}, element("i", {"aria-hidden": "true"}),
      parts.incidentWord = element("span", {}), " ", parts.incidentText = element("b", {class: "key-value"}));
    parts.swaps = element("span", {class: "key key-swap"}, element("i", {"aria-hidden": "true"}), "other model version");
    this.element = element("article", {class: "panel mode-panel", "data-mode": mode ?? ""},
      parts.title = element("h3", {class: "mode-title"}, mode ?? ""),
      element("p", {class: "headline"}, parts.headline = element("span", {}), parts.age = element("span", {class: "age dim"})),
      parts.facts = element("p", {class: "facts"}),
      element("p", {class: "legend"}, parts.at, key("actual", "actual"), key("said", "said before"), key("fan", "forecast"), parts.bands, parts.swaps, parts.clipped, parts.incident),
      main,
      parts.residualTitle = element("p", {class: "legend legend-residual"}, "Error ",
        element("span", {class: "dim"}, "actual − said before"),
        element("span", {class: "key key-within"}, element("i", {"aria-hidden": "true"}), "inside the interval"),
        element("span", {class: "key key-beyond"}, element("i", {"aria-hidden": "true"}), "outside"),
        parts.residual = element("b", {class: "key-value"})),
      residual,
      parts.empty = element("p", {class: "empty over-chart"}),
      this.#why.element,
      parts.saving = element("p", {class: "saving dim"}, "Save what the chart shows as",
        parts.csv = element("button", {type: "button", "data-save": "csv"}, "CSV"), parts.png = element("button", {type: "button", "data-save": "png"}, "PNG")),
      parts.details = element("details", {class: "values"}, element("summary", {}, "The values as a table"),
        parts.table = scrolling(`Values, ${mode ?? ""}`)));
    parts.main = main;
    parts.residualChart = residual;
    parts.details.addEventListener("toggle", () => this.#fillTable());
    parts.csv.addEventListener("click", () => save(new Blob([csvOf(this.#told())], {type: "text/csv"}), this.#name(), ".csv"));
    parts.png.addEventListener("click", async () => save(await pngOf(this.#chart.canvases, this.#captions()), this.#name(), ".png"));
    this.#events = events;
  }

  #events;

  /** Called once the element is in the page, since a chart takes the size of its container. */
  #start() {
    this.#chart ??= new SeriesChart(this.#parts.main, this.#parts.residualChart, {
      zoomed: this.#events.zoomed, hovered: index => this.#hover(index)});
  }

  /** shown: {history, scrub, step, from, to, why, alone} */
  show(shown) {
    this.#start();
    this.#shown = shown;
    const {history, scrub, step, from, to} = shown;
    const chosen = this.#mode === null ? null : history.forecastAt(this.#mode, scrub);
    this.#plot = {...plotOf(history, this.#mode, chosen, step), chosen};
    const swaps = history.swaps.filter(swap => swap.mode === this.#mode)
      .map(swap => ({time: swap.time, label: modelName(swap.model, swap.version)}));
    const incidents = shown.incidents.filter(one => one.start <= to && (one.open || one.end >= from));
    const limits = limitsOf(history.limits, shown.incidents);
    const range = valueRange(this.#plot.rows, from, to, limits);
    this.element.dataset.limits = limits.filter(({limit}) => limit >= range[0] && limit <= range[1]).length;
    this.#chart.show({...this.#plot, origin: chosen?.origin ?? null, swaps, from, to, range, limits,
      incidents: incidents.map(one => ({...one, label: kindOf(one)}))});
    this.#incidents = incidents;
    this.element.dataset.incidents = incidents.length;
    this.write = writer(range[0], range[1]);
    const beyond = clippedIn(this.#plot.rows, from, to, range);
    this.element.dataset.clipped = beyond;
    this.#parts.clipped.hidden = beyond === 0;
    say(this.#parts.clipped, `▲▼ ${beyond === 1 ? "one value" : `${beyond} values`} beyond the chart`);
    const {level, wideLevel} = this.#told();
    this.#parts.bands.hidden = wideLevel === null;
    say(this.#parts.levels, `interval of ${percent(level)} (dark), ${percent(wideLevel)} (light)`);
    this.#parts.swaps.hidden = !swaps.some(swap => swap.time >= from && swap.time <= to);
    this.element.dataset.swaps = swaps.length;
    this.element.dataset.swapped = swaps.at(-1)?.time ?? "";
    this.element.dataset.from = from;
    this.element.dataset.to = to;
    this.element.dataset.origin = chosen?.origin ?? "";
    this.#parts.title.hidden = shown.alone;
    say(this.#parts.empty, shown.why ?? "No value of this series has been read yet.");
    this.#parts.empty.hidden = history.observations.length > 0;
    this.#parts.saving.hidden = history.observations.length === 0;
    this.#why.show(chosen);
    this.#words(chosen);
    this.#hover(null);
    this.#fillTable();
  }

  /** What files are made of. */
  #told() {
    const {history, from, to} = this.#shown;
    const mode = history.modes.get(this.#mode);
    return {rows: this.#plot.rows, origin: this.#plot.chosen?.origin ?? Infinity, from, to, level: mode?.level ?? null, wideLevel: mode?.wideLevel ?? null};
  }

  #name() {
    return `${this.#shown.history.series}-${this.#mode ?? "values"}`;
  }

  #captions() {
    return [`${printable(this.#shown.history.series)}${this.#mode === null ? "" : `, ${this.#mode}`}`, this.#parts.headline.textContent,
      `${time(this.#shown.from)} to ${time(this.#shown.to)} UTC. Line: actual; dashes: said before; blue: forecast, with its intervals. Below: actual − said before.`];
  }

  /** How old the newest forecast is; now and since when the server reads, by the server's clock. */
  age(now, started) {
    const chosen = this.#plot?.chosen ?? null;
    const known = chosen !== null && this.#shown.scrub === null && now !== null;
    const age = known ? now - (chosen.issued ?? started) : null;
    say(this.#parts.age, !known ? "" : chosen.issued === null ? ` It came more than ${duration(age)} ago.`
      : age < 1000 ? " It came just now." : ` It came ${duration(age)} ago.`);
  }

  #words(chosen) {
    const {history, scrub} = this.#shown;
    const {headline, facts} = this.#parts;
    const score = history.modes.get(this.#mode)?.score ?? null;
    headline.replaceChildren(...(chosen !== null ? this.#sentence(chosen, scrub !== null) : history.observations.length === 0 ? []
      : [element("span", {class: "dim"}, history.why ?? "No forecast of this series yet. The first one comes with its first full window.")]));
    const level = chosen?.level ?? history.modes.get(this.#mode)?.level ?? null;
    const told = [];
    if (score) {
      told.push([against(score.mase), "than last season", score.mase > 1.005 ? "bad" : "good"].slice(0, score.mase === null ? 0 : 3));
      told.push([percent(score.coverage, 1), level === null ? "inside the interval" : `inside the ${percent(level)} interval`]
        .slice(0, score.coverage === null ? 0 : 2));
      told.push([number(score.mae), "mean error"]);
    }
    const distribution = score?.distribution ?? null;
    if (distribution !== null) {
      told.push([number(distribution.crps), "CRPS"]);
      told.push(...distribution.intervals.slice(0, 1).map(interval => [number(interval.score), `interval score at ${percent(interval.level)}`]));
    }
    if (chosen) {
      told.push([modelName(chosen.model, chosen.version), chosen.model === null ? "" : "model"]);
      if (chosen.status !== "OK") {
        told.push([STATUS_WORDS[chosen.status] ?? chosen.status, {
          WARMUP: "too few values yet to fill a window", FALLBACK: "nothing to forecast with: the last value is repeated"}[chosen.status] ?? "", "warn"]);
      }
    }
    facts.replaceChildren(...told.filter(fact => fact.length > 0).map(([what, of, tone]) =>
      element("span", {class: "fact", "data-tone": tone ?? null}, element("b", {}, what), of === "" ? null : ` ${of}`)));
    facts.dataset.mase = score?.mase ?? "";
    facts.dataset.coverage = score?.coverage ?? "";
    facts.dataset.crps = distribution?.crps ?? "";
    const alarms = this.#incidents.length === 0 ? "" : ` Incidents: ${this.#incidents.length}, the newest ${sentence(this.#incidents[0])}.`;
    const summary = `${printable(history.series)}, ${this.#mode ?? "no forecast yet"}: ${history.observations.length} values. ${headline.textContent}${alarms}`
      + limitsOf(history.limits, this.#shown.incidents).map(({limit, direction}) => ` Limit: ${direction} ${number(limit)}.`).join("");
    this.#parts.main.setAttribute("aria-label", `Actual values and forecasts. ${summary}`);
    this.#parts.residualChart.setAttribute("aria-label", `Errors of what was said before, on the same axis. ${facts.textContent}`);
  }

  /** "Forecast for 20:00: 20,334, with 80 % between 18,835 and 22,099", or what it had said then and what came. */
  #sentence(chosen, scrubbed) {
    const at = chosen.time[0];
    const strong = text => element("strong", {}, text);
    const value = strong(this.write(chosen.value[0]));
    const between = chosen.lower?.[0] === null || chosen.lower?.[0] === undefined ? []
      : [`, with ${percent(this.#told().level)} between `, this.write(chosen.lower[0]), " and ", this.write(chosen.upper[0])];
    if (!scrubbed) {
      return [at === null ? "Forecast: " : `Forecast for ${clock(at, chosen.origin)}${local(at)}: `, value, ...between, "."];
    }
    const came = at === null ? null : this.#shown.history.valueAt(at);
    const held = between.length > 0 && came !== null && came >= chosen.lower[0] && came <= chosen.upper[0];
    return [`At ${time(chosen.origin)}${local(chosen.origin)} it said `, value, at === null ? "" : ` for ${clock(at, chosen.origin)}`, ...between, ".",
      ...(came === null ? [" It has not come yet."] : [" It came to ", strong(this.write(came)),
        between.length === 0 ? "." : held ? ", inside." : ", outside."])];
  }

  #hover(index) {
    const {at, actual, said, fan, residual} = this.#parts;
    const rows = this.#plot.rows;
    let row = index === null ? null : rows[index];
    row ??= rows.findLast(one => one.residual !== undefined) ?? rows.findLast(one => typeof one.actual === "number") ?? null;
    const write = this.write;
    this.#tellIncident(index === null ? null : row);
    say(at, row === null ? "" : `${time(row.time)} UTC${local(row.time)}`);
    say(actual, row === null ? "" : write(row.actual));
    say(said, row === null ? "" : write(row.said) + (row.low === undefined ? "" : ` (${write(row.low)} to ${write(row.high)})`));
    const next = index === null ? this.#plot.chosen && rows.find(one => one.fan !== undefined && one.time > this.#plot.chosen.origin) : row;
    const known = next && next.fan !== undefined && next.time > (this.#plot.chosen?.origin ?? Infinity);
    say(fan, known ? write(next.fan) + (next.fanLow === undefined ? "" : ` (${write(next.fanLow)} to ${write(next.fanHigh)})`) : NONE);
    say(residual, row?.residual === undefined ? "" : (row.residual > 0 ? "+" : "") + write(row.residual));
  }

  /** The incident under the pointer, or the newest one in sight. */
  #tellIncident(row) {
    const {incident, incidentWord, incidentText} = this.#parts;
    const under = row === null ? undefined : this.#incidents.find(one => one.start <= row.time && (one.open || row.time <= one.end));
    const told = under ?? this.#incidents[0];
    incident.hidden = told === undefined;
    if (told !== undefined) {
      const more = this.#incidents.length - 1;
      say(incidentWord, under || more === 0 ? "incident" : `newest of ${more + 1} incidents`);
      say(incidentText, sentence(told));
    }
  }

  #fillTable() {
    if (!this.#parts.details.open || this.#shown === null) {
      return;
    }
    const {history, step} = this.#shown;
    const {chosen, rows} = this.#plot;
    const write = this.write;
    const cell = (value, text = write(value ?? null)) => element("td", {class: "number", "data-value": value ?? ""}, text);
    const {level: narrow, wideLevel} = this.#told();
    const level = percent(narrow);
    const wide = wideLevel === null ? [] : [`${percent(wideLevel)} from`, "to"];
    const wideCells = (low, high) => (wideLevel === null ? [] : [cell(low), cell(high)]);
    const head = names => element("thead", {}, element("tr", {}, ...names.map((name, i) =>
      element("th", {scope: "col", class: i ? "number" : null}, name))));
    const past = rows.filter(row => typeof row.actual === "number").slice(-TABLE_ROWS).reverse();
    const incidents = this.#shown.incidents.slice(0, TABLE_ROWS);
    this.#parts.table.replaceChildren(
      element("table", {"data-table": "next"}, element("caption", {}, chosen ? `Said at ${time(chosen.origin)}` : "No forecast yet"),
        head(["For (UTC)", "Forecast", "Mean", `${level} from`, "to", ...wide]),
        element("tbody", {}, ...(chosen ? chosen.value.map((value, i) => element("tr", {"data-time": chosen.time[i] ?? ""},
          element("th", {scope: "row"}, time(chosen.time[i])), cell(value), cell(chosen.mean[i]), cell(chosen.lower?.[i]), cell(chosen.upper?.[i]),
          ...wideCells(chosen.wide_lower?.[i], chosen.wide_upper?.[i]))) : []))),
      element("table", {"data-table": "past"}, element("caption", {}, `What came, and what was said ${step} ${step === 1 ? "step" : "steps"} before`),
        head(["At (UTC)", "Actual", "Said", `${level} from`, "to", ...wide, "Error"]),
        element("tbody", {}, ...past.map(row => element("tr", {"data-time": row.time, class: row.held === false ? "beyond" : null},
          element("th", {scope: "row"}, time(row.time)), cell(row.actual), cell(row.said), cell(row.low), cell(row.high),
          ...wideCells(row.lowest, row.highest), cell(row.residual))))),
      ...(incidents.length === 0 ? [] : [element("table", {"data-table": "incidents"}, element("caption", {}, "Incidents"),
        head(["Start (UTC)", "What"]), element("tbody", {}, ...incidents.map(one => element("tr", {"data-id": one.id},
          element("th", {scope: "row"}, time(one.start)), element("td", {}, sentence(one))))))]));
  }

  repaint() {
    this.#chart?.repaint();
  }

  destroy() {
    this.#chart?.destroy();
    this.element.remove();
    this.experts.element.remove();
  }
}
