// A mode of the chosen series: what it says next in words, the chart with its legend, and the values as a table.

import {SeriesChart} from "./chart.js";
import {element, modelName, printable, say, scrolling} from "./element.js";
import {kindOf, limitsOf, sentence} from "./incidents.js";
import {STATUS_WORDS} from "./list.js";
import {against, clock, counted, duration, local, NONE, number, percent, time, writer} from "./numbers.js";
import {clippedIn, plotOf, valueRange} from "./plot.js";
import {WhyPanel} from "./why.js";

const TABLE_ROWS = 40;

const STATUS_MEANS = {WARMUP: "too few values yet to fill a window", FALLBACK: "nothing to forecast with: the last value is repeated"};

export class ForecastPanel {
  #chart = null;
  #plot = null;
  #shown = null;
  #parts = {};
  #incidents = []; // those in sight, newest first
  #write = number;
  #ahead = null; // of this page's clock is the server's, in milliseconds
  #started = null; // when the server began to read
  #why = new WhyPanel();
  #zoomed;

  /** zoomed(range) is called for what a person chose of the chart */
  constructor(zoomed) {
    this.#zoomed = zoomed;
    const parts = this.#parts;
    const icon = () => element("i", {"aria-hidden": "true"});
    const key = (name, label) => {
      parts[name] = element("b", {class: "key-value"});
      return element("span", {class: `key key-${name}`}, icon(), `${label} `, parts[name]);
    };
    this.element = element("article", {class: "panel mode-panel"},
      element("p", {class: "headline"}, parts.headline = element("span", {}), parts.age = element("span", {class: "age dim"})),
      parts.facts = element("p", {class: "facts"}),
      element("p", {class: "legend"}, parts.at = element("span", {class: "key-time"}), key("actual", "actual"), key("said", "said before"), key("fan", "forecast"),
        parts.bands = element("span", {class: "key key-bands"}, icon(), parts.levels = element("span", {})),
        parts.clipped = element("span", {class: "key key-clipped"}),
        parts.incident = element("span", {class: "key key-incident"}, icon(), parts.incidentWord = element("span", {}), " ", parts.incidentText = element("b", {class: "key-value"}))),
      parts.main = element("div", {class: "chart-main", role: "img", "data-chart": "main"}),
      element("p", {class: "legend legend-residual"}, "Error ", element("span", {class: "dim"}, "actual − said before"),
        element("span", {class: "key key-within"}, icon(), "inside the interval"), element("span", {class: "key key-beyond"}, icon(), "outside"),
        parts.residual = element("b", {class: "key-value"})),
      parts.residuals = element("div", {class: "chart-residual", role: "img", "data-chart": "residuals"}),
      parts.empty = element("p", {class: "empty over-chart"}),
      this.#why.element,
      parts.details = element("details", {class: "values"}, element("summary", {}, "The values as a table"), parts.table = scrolling("Values")));
    parts.details.addEventListener("toggle", () => this.#fillTable());
  }

  /** shown: {history, mode, scrub, step, from, to, why, incidents} */
  show(shown) {
    // made once the element is in the page, since a chart takes the size of its container
    this.#chart ??= new SeriesChart(this.#parts.main, this.#parts.residuals, {zoomed: this.#zoomed, hovered: index => this.#hover(index)});
    this.#shown = shown;
    const {history, mode, scrub, step, from, to} = shown;
    const chosen = history.forecastAt(mode, scrub);
    this.#plot = {...plotOf(history, mode, chosen, step), chosen};
    this.#incidents = shown.incidents.filter(one => one.start <= to && (one.open || one.end >= from));
    const limits = limitsOf(history.limits, shown.incidents);
    const range = valueRange(this.#plot.rows, from, to, limits);
    this.#write = writer(range[0], range[1]);
    this.#chart.show({...this.#plot, origin: chosen?.origin ?? null, from, to, range, limits,
      incidents: this.#incidents.map(one => ({...one, label: kindOf(one)}))});
    const beyond = clippedIn(this.#plot.rows, from, to, range);
    this.#parts.clipped.hidden = beyond === 0;
    say(this.#parts.clipped, `▲▼ ${counted(beyond, "value")} beyond the chart`);
    this.#parts.bands.hidden = !chosen?.wide;
    say(this.#parts.levels, `interval of ${percent(chosen?.narrow?.level)} (dark), ${percent(chosen?.wide?.level)} (light)`);
    Object.assign(this.element.dataset, {mode: mode ?? "", from, to, origin: chosen?.origin ?? "", clipped: beyond, incidents: this.#incidents.length,
      limits: limits.filter(({limit}) => limit >= range[0] && limit <= range[1]).length});
    say(this.#parts.empty, shown.why ?? "No value of this series has been read yet.");
    this.#parts.empty.hidden = history.observations.length > 0;
    this.#why.show(chosen);
    this.#words(chosen);
    this.#age();
    this.#hover(null);
    this.#fillTable();
  }

  /** What time it is for the server, which began to read at another. */
  tick(now, started) {
    [this.#ahead, this.#started] = [now - performance.now(), started];
    this.#age();
  }

  /** How old the newest forecast is. */
  #age() {
    const chosen = this.#shown === null || this.#shown.scrub !== null || this.#ahead === null ? null : this.#plot.chosen;
    const age = chosen === null ? null : this.#ahead + performance.now() - (chosen.issued ?? this.#started);
    say(this.#parts.age, chosen === null ? "" : chosen.issued === null ? ` It came more than ${duration(age)} ago.`
      : age < 1000 ? " It came just now." : ` It came ${duration(age)} ago.`);
  }

  #words(chosen) {
    const {history, mode, scrub, incidents} = this.#shown;
    const {headline, facts, main, residuals} = this.#parts;
    const score = history.modes.get(mode)?.score ?? null;
    headline.replaceChildren(...(chosen !== null ? this.#sentence(chosen, scrub !== null) : history.observations.length === 0 ? []
      : [element("span", {class: "dim"}, history.why ?? "")]));
    const told = [];
    if (score !== null) {
      const {mase, coverage, mae, distribution} = score;
      told.push(mase !== null && [against(mase), "than last season", mase > 1.005 ? "bad" : "good"],
        coverage !== null && [percent(coverage, 1), `inside the ${percent(score.level)} interval`], [number(mae), "mean error"],
        distribution && [number(distribution.crps), "CRPS"]);
    }
    if (chosen) {
      told.push([modelName(chosen.model, chosen.version), chosen.model === null ? "" : "model"],
        chosen.status !== "OK" && [STATUS_WORDS[chosen.status] ?? chosen.status, STATUS_MEANS[chosen.status] ?? "", "warn"]);
    }
    facts.replaceChildren(...told.filter(Boolean).map(([what, of, tone]) =>
      element("span", {class: "fact", "data-tone": tone ?? null}, element("b", {}, what), of === "" ? null : ` ${of}`)));
    Object.assign(facts.dataset, {mase: score?.mase ?? "", coverage: score?.coverage ?? "", crps: score?.distribution?.crps ?? ""});
    const alarms = this.#incidents.length === 0 ? "" : ` Incidents: ${this.#incidents.length}, the newest ${sentence(this.#incidents[0])}.`;
    const limits = limitsOf(history.limits, incidents).map(({limit, direction}) => ` Limit: ${direction} ${number(limit)}.`).join("");
    main.setAttribute("aria-label", `Actual values and forecasts. ${printable(history.series)}, ${mode ?? "no forecast yet"}: ${counted(history.observations.length, "value")}. ${headline.textContent}${alarms}${limits}`);
    residuals.setAttribute("aria-label", `Errors of what was said before, on the same axis. ${facts.textContent}`);
  }

  /** "Forecast for 20:00: 20,334, with 80 % between 18,835 and 22,099", or what it had said then and what came. */
  #sentence({time: times, origin, value: values, narrow}, scrubbed) {
    const write = this.#write;
    const at = times[0];
    const strong = text => element("strong", {}, text);
    const value = strong(write(values[0]));
    const between = narrow === null ? "" : `, with ${percent(narrow.level)} between ${write(narrow.lower[0])} and ${write(narrow.upper[0])}`;
    if (!scrubbed) {
      return [at === null ? "Forecast: " : `Forecast for ${clock(at, origin)}${local(at)}: `, value, `${between}.`];
    }
    const came = at === null ? null : this.#shown.history.valueAt(at);
    const held = narrow !== null && came !== null && came >= narrow.lower[0] && came <= narrow.upper[0];
    return [`At ${time(origin)}${local(origin)} it said `, value, at === null ? "" : ` for ${clock(at, origin)}`, `${between}.`,
      ...(came === null ? [" It has not come yet."] : [" It came to ", strong(write(came)), narrow === null ? "." : held ? ", inside." : ", outside."])];
  }

  /** Tells what is under the pointer; without one the newest value with an error. */
  #hover(index) {
    const {at, actual, said, fan, residual} = this.#parts;
    const {rows, chosen} = this.#plot;
    const write = this.#write;
    const row = rows[index] ?? rows.findLast(one => one.residual !== undefined) ?? rows.findLast(one => typeof one.actual === "number") ?? null;
    const within = (low, high) => (low === undefined ? "" : ` (${write(low)} to ${write(high)})`);
    const ahead = one => chosen !== null && one.fan !== undefined && one.time > chosen.origin;
    const next = index === null ? rows.find(ahead) : row;
    say(at, row === null ? "" : `${time(row.time)} UTC${local(row.time)}`);
    say(actual, row === null ? "" : write(row.actual));
    say(said, row === null ? "" : write(row.said) + within(row.low, row.high));
    say(fan, next && ahead(next) ? write(next.fan) + within(next.fanLow, next.fanHigh) : NONE);
    say(residual, row?.residual === undefined ? "" : (row.residual > 0 ? "+" : "") + write(row.residual));
    this.#tellIncident(index === null ? null : row);
  }

  /** The incident under the pointer, or the newest one in sight. */
  #tellIncident(row) {
    const {incident, incidentWord, incidentText} = this.#parts;
    const under = row === null ? undefined : this.#incidents.find(one => one.start <= row.time && (one.open || row.time <= one.end));
    const told = under ?? this.#incidents[0];
    incident.hidden = told === undefined;
    if (told !== undefined) {
      say(incidentWord, under || this.#incidents.length === 1 ? "incident" : `newest of ${this.#incidents.length} incidents`);
      say(incidentText, sentence(told));
    }
  }

  #fillTable() {
    if (!this.#parts.details.open || this.#shown === null) {
      return;
    }
    const {step} = this.#shown;
    const {chosen, rows} = this.#plot;
    const table = (name, caption, heads, lines) => element("table", {"data-table": name}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...heads.map((head, i) => element("th", {scope: "col", class: i ? "number" : null}, head)))),
      element("tbody", {}, ...lines.map(({at, held = true, cells}) => element("tr", {"data-time": at ?? "", class: held ? null : "beyond"},
        element("th", {scope: "row"}, time(at)), ...cells.map(value => element("td", {class: "number", "data-value": value ?? ""}, this.#write(value ?? null)))))));
    const ends = [chosen?.narrow, chosen?.wide].filter(Boolean);
    const levels = ends.flatMap(({level}) => [`${percent(level)} from`, "to"]);
    const past = rows.filter(row => typeof row.actual === "number").slice(-TABLE_ROWS).reverse();
    this.#parts.table.replaceChildren(
      table("next", chosen ? `Said at ${time(chosen.origin)}` : "No forecast yet", ["For (UTC)", "Forecast", "Mean", ...levels],
        (chosen?.value ?? []).map((value, i) => ({at: chosen.time[i], cells: [value, chosen.mean[i], ...ends.flatMap(one => [one.lower[i], one.upper[i]])]}))),
      table("past", `What came, and what was said ${counted(step, "step")} before`, ["At (UTC)", "Actual", "Said", ...levels, "Error"],
        past.map(row => ({at: row.time, held: row.held, cells: [row.actual, row.said,
          ...[row.low, row.high, row.lowest, row.highest].slice(0, levels.length), row.residual]}))));
  }

  repaint() {
    this.#chart?.repaint();
  }
}
