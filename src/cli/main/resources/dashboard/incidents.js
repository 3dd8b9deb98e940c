// Incidents: those of the chosen series for its chart, and the list of all of them.

import {ask} from "./feed.js";
import {byId, element, printable, say, scrolling} from "./element.js";
import {count, counted, duration, local, NONE, number, percent, time} from "./numbers.js";

const PART = 50; // incidents that are listed, and added when somebody asks
const MOST = 2_000; // that the server lists
const OF_SERIES = 200;
const TYPING_MS = 180;
const LEVELS = {low: 1, medium: 2, high: 3};

/** "high · novelty": reasons are words of the job, and there may be new ones. */
export const kindOf = incident => `${incident.severity} · ${printable(incident.reason)}`;

/** Bars for the severity, beside its word. */
function severity(incident) {
  const level = LEVELS[incident.severity] ?? 1;
  return element("span", {class: "severity", "data-severity": incident.severity},
    element("i", {"aria-hidden": "true"}, ...[1, 2, 3].map(bar => element("b", {class: bar <= level ? "on" : null}))), incident.severity);
}

const expectedOf = incident => (incident.expected === null ? "" : `, expected ${number(incident.expected)}`);

const lasted = incident => (incident.reason === "silence" ? `${count(incident.values)} missing` : counted(incident.values, "value"))
  + (incident.end > incident.start ? ` in ${duration(incident.end - incident.start)}` : "");

const surpriseOf = incident => (typeof incident.surprise === "number" && incident.threshold === null ? incident.surprise.toFixed(1) : NONE);

/** "above 90 within 4 values: 88 %, about 20:05, crossed" */
const warning = ({limit, direction, within, probability, crossing_time: crossing, outcome}) =>
  `${direction} ${number(limit)} within ${counted(within, "value")}: ${percent(probability)}`
  + (crossing === null ? "" : `, about ${time(crossing)}`) + (outcome === null ? "" : `, ${printable(outcome)}`);

/** An incident in a line. */
export const sentence = incident => `${kindOf(incident)}: `
  + (incident.threshold !== null ? warning(incident.threshold) : `${number(incident.worst_value)}${expectedOf(incident)}, surprise ${surpriseOf(incident)}`)
  + `, ${lasted(incident)}, ${incident.open ? "open" : "closed"}`;

/** Limits that are known, and those that incidents warned of: [{limit, direction}], each once. */
export const limitsOf = (known, incidents) => [...new Map(
  [...known, ...incidents.map(one => one.threshold).filter(threshold => threshold !== null)]
    .map(({limit, direction}) => [`${direction} ${limit}`, {limit, direction}])).values()];

/** The newest incidents of one series, asked for again when any incident has changed. */
export class SeriesIncidents {
  list = []; // newest first
  #known = null; // series and version of the list
  #changed;

  /** changed() is called with a new list */
  constructor(changed) {
    this.#changed = changed;
  }

  /** To be called often; version: of the incidents, as the server counts changes. */
  async follow(series, version) {
    const wanted = `${version}\n${series}`;
    if (this.#known === wanted) {
      return;
    }
    this.#known = wanted;
    const told = await ask("api/alarms", {series, limit: OF_SERIES}).catch(() => null);
    if (this.#known !== wanted) {
      return;
    }
    if (told === null) {
      this.#known = null; // with the next second
      return;
    }
    if (JSON.stringify(told.items) !== JSON.stringify(this.list)) {
      this.list = told.items;
      this.#changed();
    }
  }
}

/** The list of all incidents. */
export class IncidentsView {
  #parts = {};
  #limit = PART;
  #asked = "";
  #shown = "";
  #version = null;
  #go;

  /** go(series, time) is called for the incident that a person chose */
  constructor(go) {
    this.#go = go;
    const parts = this.#parts;
    const select = (name, label, ...options) => element("label", {class: "field"}, element("span", {class: "hidden-label"}, label),
      parts[name] = element("select", {id: `alarms-${name}`}, ...options.map(([value, text]) => element("option", {value}, text))));
    byId("view-alarms").append(element("section", {class: "panel", "aria-labelledby": "alarms-title"},
      element("div", {class: "alarms-head"},
        parts.title = element("h2", {id: "alarms-title", tabindex: "-1"}, "Incidents"),
        element("label", {class: "field"}, element("span", {class: "hidden-label"}, "Search series"),
          parts.search = element("input", {id: "alarms-search", type: "search", maxlength: "200", placeholder: "Search series", autocomplete: "off", spellcheck: "false"})),
        select("state", "Show state", ["", "Open and closed"], ["open", "Open"], ["closed", "Closed"]),
        select("severity", "Show severity", ["", "Any severity"], ["medium", "Medium and high"], ["high", "High"])),
      parts.note = element("p", {class: "dim"}),
      parts.empty = element("p", {class: "empty", hidden: true}),
      parts.table = scrolling("Incidents", element("table", {class: "incidents"},
        element("thead", {}, element("tr", {}, ...["Series", "State", "Severity", "Reason", "Start (UTC)", "Lasted", "Worst value", "Expected", "Surprise"].map((name, i) =>
          element("th", {scope: "col", class: i > 5 ? "number" : null}, name)))),
        parts.rows = element("tbody", {}))),
      parts.more = element("button", {type: "button", class: "quiet more", hidden: true}, "Show more")));
    const again = () => {
      this.#limit = PART;
      this.ask();
    };
    parts.state.addEventListener("change", again);
    parts.severity.addEventListener("change", again);
    let typing = null;
    parts.search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(again, TYPING_MS);
    });
    parts.more.addEventListener("click", () => {
      this.#limit = Math.min(MOST, this.#limit + PART);
      this.ask();
    });
    parts.rows.addEventListener("click", event => {
      const link = event.target.closest("a");
      if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        this.#go(link.dataset.series, Number(link.dataset.at));
      }
    });
  }

  /** counts: what the job says of incidents; to be called often */
  show(counts) {
    const changed = this.#version !== counts.version;
    this.#version = counts.version;
    if (!byId("view-alarms").hidden && (changed || this.#asked === "")) {
      this.ask();
    }
  }

  /** Asks for the list; to be called when it can be seen. */
  async ask() {
    const {search, state, severity: least} = this.#parts;
    const question = {search: search.value.trim(), state: state.value, severity: least.value, limit: this.#limit};
    const asked = this.#asked = JSON.stringify(question);
    const told = await ask("api/alarms", question).catch(() => null); // the feed says that the server is away
    if (asked !== this.#asked) {
      return;
    }
    if (told === null) {
      this.#asked = ""; // so that it is asked again with the next second
    } else {
      this.#take(told, question);
    }
  }

  #take({total, kept, items}, question) {
    const parts = this.#parts;
    say(parts.title, kept.open === 0 ? "Incidents" : `Incidents, ${count(kept.open)} open`);
    say(parts.note, "Each is what the job reported of unusual values that follow each other, or of a limit ahead. The newest 1,000 closed incidents are listed"
      + (kept.dropped === 0 ? " and all open ones." : ` and the newest 10,000 open ones; ${count(kept.dropped)} were dropped since the start.`));
    const filtered = ["search", "state", "severity"].some(name => question[name] !== "");
    parts.empty.hidden = total > 0;
    say(parts.empty, total > 0 ? "" : filtered ? "No incident is like that. Change the search, the state or the severity."
      : "No incident so far. A series raises none in its first 300 values.");
    parts.table.hidden = total === 0;
    parts.more.hidden = items.length === total || items.length === MOST;
    say(parts.more, `Show more of ${count(total)}`);
    const text = JSON.stringify(items);
    if (text !== this.#shown) {
      this.#shown = text;
      const focused = document.activeElement?.closest?.("tr[data-id]")?.dataset.id;
      parts.rows.replaceChildren(...items.map(row));
      [...parts.rows.children].find(one => one.dataset.id === focused)?.querySelector("a")?.focus();
    }
  }
}

function row(incident) {
  const cell = (value, text) => element("td", {class: "number", "data-value": value ?? ""}, text);
  return element("tr", {"data-id": incident.id, "data-open": String(incident.open)},
    element("th", {scope: "row"}, element("a", {title: printable(incident.series), href: "#" + new URLSearchParams({series: incident.series, at: incident.start}),
      "data-series": incident.series, "data-at": incident.start}, element("bdi", {}, printable(incident.series)))),
    element("td", {}, element("span", {class: incident.open ? "state-open" : "dim"}, incident.open ? "open" : "closed"),
      incident.dismissed_at === null ? null : element("span", {class: "detail dim"}, `dismissed by ${printable(incident.dismissed_by || "somebody")}, ${time(incident.dismissed_at)}`)),
    element("td", {}, severity(incident)),
    element("td", {}, printable(incident.reason), incident.threshold === null ? null : element("span", {class: "detail dim"}, warning(incident.threshold))),
    element("td", {}, time(incident.start) + local(incident.start)),
    element("td", {}, lasted(incident)),
    cell(incident.worst_value, number(incident.worst_value)),
    cell(incident.expected, incident.expected === null ? "none" : number(incident.expected)),
    cell(incident.surprise, surpriseOf(incident)));
}
