// The whole job over ten minutes, its models, and what could not be used.

import {JobChart} from "./chart.js";
import {byId, element, printable, say, scrolling} from "./element.js";
import {ErrorsView} from "./errors.js";
import {compact, count, duration, local, moment, percent} from "./numbers.js";
import {onTheme} from "./theme.js";

const REASONS = {
  MALFORMED: "cannot be read as an observation", SCHEMA: "its schema is not in the registry, or is of something else", NULL_VALUE: "a record without a value",
  SERIES: "series name empty or above 1000 characters", NOT_FINITE: "value is NaN or infinite",
  TIME: "before 1970, or too far ahead of the clock", FEATURES: "not as many covariates as the job file says",
  LATE: "its series had moved past it", MODEL: "a model that does not fit the job",
  SERIES_LIMIT: "a new series beyond state.max-series"};

/** From zero; a spike far above what is usual, as when the topics are first read, runs out at the top. */
const fromZero = ({known, usual, high}) => [0, 1.15 * (usual > 0 ? known.findLast(value => value <= 6 * usual) : high) || 1];

const CHARTS = [
  {name: "rate", title: "Records a second", lines: [
    {key: "observations_per_second", label: "observations", colour: "actual"},
    {key: "forecasts_per_second", label: "forecasts", colour: "forecast", dash: [5, 3]}],
  write: compact, range: fromZero},
  {name: "latency", title: "Delay until a forecast is readable", lines: [
    {key: "latency_p50_ms", label: "half within", colour: "forecast"},
    {key: "latency_p99_ms", label: "99 % within", colour: "actual", dash: [5, 3]}],
  write: duration, range: fromZero},
  {name: "skill", title: "Better than a naive forecast by", lines: [
    {key: "skill_seasonal_naive", label: "last season", colour: "forecast"},
    {key: "skill_naive", label: "last value", colour: "actual", dash: [5, 3]}],
  write: share => percent(share), range: ({low, high}) => [Math.min(0, low) - 0.02, Math.max(0.1, 1.1 * high)]},
  {name: "coverage", title: "Share of the truth inside the interval", lines: [
    {key: "coverage", label: "held", colour: "forecast"},
    {key: "level", label: "promised", colour: "actual", dash: [5, 3]}],
  write: share => percent(share), range: ({low}) => [Math.max(0, Math.floor(10 * low - 1) / 10), 1]},
];

export class JobView {
  #charts = null;
  #cards = new Map();
  #errors = new ErrorsView();
  #models = element("div", {});
  #letters = element("div", {});
  #topics = element("p", {class: "dim topics"});
  #letterOf = new Map();
  #noLetters = element("p", {class: "empty"}, "None: all records could be used.");
  #list = element("code", {});
  #replay = element("code", {});
  #again = element("span", {}, " To send them in again after a fix: ", this.#replay);
  #lettersNext = element("p", {class: "dim"}, "To see more: ", this.#list, ".", this.#again);
  #told = {};

  constructor() {
    const cards = CHARTS.map(chart => {
      const target = element("div", {class: "job-chart", role: "img", "data-chart": chart.name});
      const empty = element("p", {class: "empty over-chart"});
      const values = chart.lines.map(() => element("b", {class: "key-value"}));
      this.#cards.set(chart.name, {target, empty, values});
      return element("div", {class: "panel job-card"}, element("h3", {}, chart.title),
        element("p", {class: "legend"}, ...chart.lines.map((one, i) =>
          element("span", {class: `key key-${one.dash ? "second" : "first"}`, "data-colour": one.colour}, element("i", {"aria-hidden": "true"}), `${one.label} `, values[i]))),
        target, empty);
    });
    byId("view-job").append(
      element("h2", {}, "The last ten minutes"),
      element("div", {class: "job-charts"}, ...cards),
      this.#errors.element,
      element("section", {class: "panel", "aria-labelledby": "letters-title"},
        element("h2", {id: "letters-title", tabindex: "-1"}, "Dead letters"), this.#noLetters, this.#letters, this.#lettersNext),
      element("section", {class: "panel", "aria-labelledby": "models-title"},
        element("h2", {id: "models-title"}, "Models"), this.#models),
      this.#topics);
    onTheme(() => this.#charts?.forEach(chart => chart.repaint()));
  }

  show(job, told) {
    if (byId("view-job").hidden) {
      return; // has no size to draw in
    }
    this.#errors.show();
    this.#charts ??= CHARTS.map(chart => new JobChart(this.#cards.get(chart.name).target, chart.lines, chart));
    const history = {...told, level: told.coverage.map(held => (held === null ? null : job.coverage.level))};
    CHARTS.forEach((chart, i) => {
      const columns = chart.lines.map(one => history[one.key]);
      const {empty, target, values} = this.#cards.get(chart.name);
      this.#charts[i].show([history.time, ...columns]);
      columns.forEach((column, j) => say(values[j], column.length ? chart.write(column[column.length - 1]) : ""));
      const points = columns.reduce((sum, column) => sum + column.filter(value => value !== null).length, 0);
      empty.hidden = points > 1;
      say(empty, points > 1 ? "" : job.why ?? (chart.name === "rate" ? "The first seconds are being measured." : "Nothing has been forecast and met its truth yet."));
      target.setAttribute("aria-label", `${chart.title}, over ten minutes: ${chart.lines.map((one, j) => `${one.label} ${values[j].textContent}`).join(", ")}`);
    });
    this.#once("models", [job.models, Math.floor(job.now / 60_000)], () => this.#showModels(job.models));
    this.#once("letters", job.dead_letters_by_reason, () => this.#showLetters(job.dead_letters_by_reason, job.topics.dead_letters));
    const read = [...Object.values(job.topics), ...Object.values(job.topics.of_classes ?? {})];
    say(this.#topics, "Read from " + read.filter(topic => typeof topic === "string").join(", ") + ". Times are UTC, and those of your own clock where they say local.");
  }

  /** Does it only when what it shows has changed, so that nothing that is being read is taken away. */
  #once(name, told, action) {
    const text = JSON.stringify(told);
    if (this.#told[name] !== text) {
      this.#told[name] = text;
      action();
    }
  }

  #showModels(models) {
    if (models.length === 0) {
      this.#models.replaceChildren(element("p", {class: "empty"},
        "No model has been published. Each series is learned from its own values; publish one with: weir model publish FILE --name NAME"));
      return;
    }
    this.#models.replaceChildren(scrolling("Models", element("table", {},
      element("thead", {}, element("tr", {}, ...["Name", "Version", "Made", "Published", "Series forecast by it"].map((name, i) =>
        element("th", {scope: "col", class: i === 4 ? "number" : null}, name)))),
      element("tbody", {}, ...models.map(model => element("tr", {"data-model": model.name, "data-version": model.version},
        element("th", {scope: "row"}, element("bdi", {}, printable(model.name)), model.newest ? element("span", {class: "badge"}, "newest") : null),
        element("td", {}, String(model.version)), element("td", {}, moment(model.created) + local(model.created)),
        element("td", {}, model.published === null ? "not seen on the topic: from the job file, or earlier" : moment(model.published) + local(model.published)), element("td", {class: "number"}, count(model.series))))))));
  }

  #showLetters(reasons, topic) {
    this.#noLetters.hidden = reasons.length > 0;
    this.#lettersNext.hidden = reasons.length === 0;
    const place = topic === "observations.dlq" ? "" : ` --topic ${topic}`;
    say(this.#list, "weir dead-letters" + place);
    const known = reasons.find(one => Object.hasOwn(REASONS, one.reason)); // others are foreign text, and no command
    this.#again.hidden = !known;
    say(this.#replay, known ? `weir dead-letters replay${place} --reason ${known.reason}` : "");
    for (const one of reasons) { // each stays where it is, so that it can be read
      if (!this.#letterOf.has(one.reason)) {
        this.#letterOf.set(one.reason, new Letter(one.reason));
        this.#letters.append(this.#letterOf.get(one.reason).element);
      }
      this.#letterOf.get(one.reason).show(one);
    }
    for (const [reason, letter] of this.#letterOf) {
      if (!reasons.some(one => one.reason === reason)) {
        letter.element.remove();
        this.#letterOf.delete(reason);
      }
    }
  }
}

/** All that died for one reason, with one of them as an example. */
class Letter {
  #count = element("span", {class: "number"});
  #last = element("span", {class: "dim"});
  #example = element("dl", {class: "example"});

  constructor(reason) {
    this.element = element("details", {class: "letter", "data-reason": reason},
      element("summary", {}, element("b", {}, reason), element("span", {class: "dim"}, Object.hasOwn(REASONS, reason) ? REASONS[reason] : ""), this.#count, this.#last),
      this.#example);
  }

  show({count: letters, last, example}) {
    this.element.dataset.count = letters;
    say(this.#count, `${count(letters)} ×`);
    say(this.#last, `last ${moment(last)}${local(last)}`);
    const line = (name, text) => (text === null || text === undefined || text === "" ? []
      : [element("dt", {}, name), element("dd", {}, element("bdi", {}, printable(String(text))))]);
    this.#example.replaceChildren(...(example ? [...line("Why", example.message),
      ...line("Where", `${example.topic}, partition ${example.partition}, offset ${example.offset}`),
      ...line("Key", example.key), ...line("Value", example.value)] : []));
  }
}
