// Who says so: each expert's share in the newest forecast, and how the mixture of them does beside the baselines.

import {element, say, scrolling} from "./element.js";
import {against, duration, number, percent} from "./numbers.js";

const SHOWN = 6; // experts, before somebody asks for all of them
const OURS = "ours";
const BASELINES = {naive: "repeat last value", seasonal_naive: "repeat last season"};

const MODELS = /^outside:/;

const isOutside = method => method.name.startsWith("outside:");

const isExpert = method => !(method.name in BASELINES) && !MODELS.test(method.name);

const STEPS = 8; // listed of a long horizon, evenly

const stepsOf = horizon => (horizon <= STEPS ? Array.from({length: horizon}, (_, i) => i + 1)
  : Array.from({length: STEPS}, (_, i) => 1 + Math.round((i * (horizon - 1)) / (STEPS - 1))));

const plain = name => (name === OURS ? "this forecast" : BASELINES[name] ?? name.replace(/^expert:/, "").replace(/^outside:/, "model "));

/** A row whose bar is so long, as a share of the longest one's. */
function barRow(name, share, most, text, cells, data) {
  const bar = element("span", {class: "fill"});
  bar.style.width = `${most > 0 ? (100 * share) / most : 0}%`;
  return element("tr", {"data-method": name, ...data},
    element("th", {scope: "row"}, plain(name)),
    element("td", {}, element("div", {class: "bar-cell"}, element("span", {class: "bar-track"}, bar),
      element("span", {class: "bar-text"}, text))),
    ...cells.map(cell => element("td", {class: "number"}, cell)));
}

const head = names => element("thead", {}, element("tr", {}, ...names.map((name, i) =>
  element("th", {scope: "col", class: i > 1 ? "number" : null}, name))));

export class ExpertsPanel {
  #title = element("h3", {});
  #empty = element("p", {class: "empty"}, "No score yet. The experts and their errors appear here once the first forecasts are scored.");
  #shares = element("tbody", {});
  #errors = element("tbody", {});
  #league = element("table", {class: "bars", "data-bars": "league"});
  #ofLeague = scrolling("Outside models", this.#league);
  #steps = element("tbody", {});
  #bySteps = scrolling("Error by step", element("table", {class: "bars", "data-bars": "steps"}, head(["Steps ahead", "Mean error so far"]), this.#steps));
  #more = element("button", {type: "button", class: "quiet more"});
  #body;
  #all = false;
  #score = null;

  constructor(mode) {
    this.#body = element("div", {class: "experts-body"},
      element("div", {}, scrolling("Experts", element("table", {class: "bars"}, head(["Expert", "Share", "Recent error"]), this.#shares)), this.#more),
      element("div", {}, scrolling("Errors so far", element("table", {class: "bars", "data-bars": "errors"}, head(["Method", "Mean error so far", "Forecast is"]), this.#errors)),
        this.#bySteps));
    this.element = element("div", {class: "panel", "data-experts": mode}, this.#title, this.#empty, this.#body, this.#ofLeague);
    this.#more.addEventListener("click", () => {
      this.#all = !this.#all;
      this.#fill();
    });
  }

  show(score, title) {
    say(this.#title, title);
    const known = score !== null && score.methods.length > 0;
    this.#empty.hidden = known;
    this.#body.hidden = !known;
    this.#ofLeague.hidden = !known || !score.methods.some(isOutside);
    if (known && score !== this.#score) {
      this.#score = score;
      this.#fill();
    }
  }

  #fill() {
    const {methods, mae, errors} = this.#score;
    const experts = methods.filter(isExpert).sort((a, b) => b.share - a.share || a.mae - b.mae);
    const most = experts[0]?.share ?? 0;
    this.#shares.replaceChildren(...experts.slice(0, this.#all ? experts.length : SHOWN).map(method => barRow(
      method.name, method.share, most, percent(method.share), [number(method.mae)], {"data-share": method.share, "data-mae": method.mae})));
    this.#more.hidden = experts.length <= SHOWN;
    say(this.#more, this.#all ? "Fewer experts" : `${experts.length - SHOWN} more experts`);
    this.#more.setAttribute("aria-expanded", this.#all);
    const largest = Math.max(...errors);
    this.#bySteps.hidden = errors.length < 2;
    this.#steps.replaceChildren(...stepsOf(errors.length).map(step => barRow(String(step), errors[step - 1], largest, number(errors[step - 1]), [],
      {"data-step": step, "data-mae": errors[step - 1]})));
    const rows = [{name: OURS, mae}, ...methods.filter(method => !isExpert(method) && !isOutside(method))];
    const worst = Math.max(...rows.map(row => row.mae));
    this.#errors.replaceChildren(...rows.map(row => barRow(row.name, row.mae, worst, number(row.mae),
      [row.name === OURS || mae === null || !(row.mae > 0) ? "" : against(mae / row.mae)], {"data-mae": row.mae, class: row.name === OURS ? "ours" : null})));
    this.#fillLeague();
  }

  /** Outside models and this forecast, the smallest error first. */
  #fillLeague() {
    const {methods, mae, level, coverage, distribution} = this.#score;
    const rows = [{name: OURS, mae, crps: distribution?.crps, coverage}, ...methods.filter(isOutside)].sort((a, b) => a.mae - b.mae);
    const worst = Math.max(...rows.map(row => row.mae));
    const better = relative => (relative > 0 ? against(1 / relative) : "");
    const written = (value, write) => (value === null || value === undefined ? "" : write(value));
    this.#league.replaceChildren(
      head(["Outside model", "Mean error so far", "Forecast is", "CRPS", "Forecast is", `In ${percent(level)}`, "Delay", "Share"]),
      element("tbody", {}, ...rows.map(row => barRow(row.name, row.mae, worst, number(row.mae),
        [better(row.relative_error), written(row.crps, number), better(row.relative_crps), written(row.coverage, share => percent(share)),
          written(row.delay_seconds, seconds => duration(1000 * seconds)), written(row.share, share => percent(share))],
        {"data-mae": row.mae, class: row.name === OURS ? "ours" : null}))));
  }
}
