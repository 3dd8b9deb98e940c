// How large the errors of the chosen series' forecasts are, compared with those of naive forecasts, and by step.

import {element, scrolling} from "./element.js";
import {against, number} from "./numbers.js";

const OURS = "this forecast";
const BASELINES = {naive: "repeat last value", seasonal_naive: "repeat last season"};
const OUTSIDE = "outside:";
const STEPS = 8; // listed of a long horizon, evenly

const stepsOf = horizon => (horizon <= STEPS ? Array.from({length: horizon}, (_, i) => i + 1)
  : Array.from({length: STEPS}, (_, i) => 1 + Math.round((i * (horizon - 1)) / (STEPS - 1))));

/** A row whose bar is so long, as a share of the longest one's. */
function row(name, mae, most, versus, data) {
  const bar = element("span", {class: "fill"});
  bar.style.width = `${most > 0 ? (100 * mae) / most : 0}%`;
  return element("tr", {...data, "data-mae": mae, class: name === OURS ? "ours" : null}, element("th", {scope: "row"}, name),
    element("td", {}, element("div", {class: "bar-cell"}, element("span", {class: "bar-track"}, bar), element("span", {class: "bar-text"}, number(mae)))),
    versus === null ? null : element("td", {class: "number"}, versus));
}

const table = (name, heads, rows) => scrolling(heads.join(", "), element("table", {class: "bars", "data-bars": name},
  element("thead", {}, element("tr", {}, ...heads.map((head, i) => element("th", {scope: "col", class: i > 1 ? "number" : null}, head)))),
  element("tbody", {}, ...rows)));

export class ScoresPanel {
  #empty = element("p", {class: "empty"}, "No score yet: errors appear here once the first forecasts have met their truth.");
  #body = element("div", {class: "scores-body"});
  #score;
  element = element("section", {class: "panel scores", "aria-label": "Errors so far"}, element("h3", {}, "Errors so far"), this.#empty, this.#body);

  /** score: null without one */
  show(score) {
    this.#empty.hidden = score !== null;
    this.#body.hidden = score === null;
    if (score === null || score === this.#score) {
      return;
    }
    this.#score = score;
    const {mae, methods, errors} = score;
    const largest = Math.max(...errors);
    const named = name => methods.find(method => method.name === name);
    const models = methods.filter(method => method.name.startsWith(OUTSIDE)).map(method => method.name.slice(OUTSIDE.length))
      .filter(name => named("weir@" + name) && named("weir_without_outside@" + name));
    const compared = (name, head, error, others) => {
      const most = Math.max(error, ...others.map(([, other]) => other.mae));
      return table(name, [head, "Mean error", "Forecast is"], [row(OURS, error, most, "", {"data-method": "ours"}),
        ...others.map(([words, other]) => row(words, other.mae, most,
          error === null || !(other.mae > 0) ? "" : against(error / other.mae), {"data-method": other.name}))]);
    };
    this.#body.replaceChildren(
      compared("errors", "Method", mae, Object.keys(BASELINES).filter(named).map(name => [BASELINES[name], named(name)])),
      ...models.map(name => compared("outside", "Steps that " + name + " forecasts", named("weir@" + name).mae,
        [["model " + name, named(OUTSIDE + name)], ["without outside models", named("weir_without_outside@" + name)]])),
      table("steps", ["Steps ahead", "Mean error"], stepsOf(errors.length).map(step =>
        row(String(step), errors[step - 1], largest, null, {"data-step": step}))));
  }
}
