// Who says so: each expert's share in the newest forecast, and its error beside that of the mixture.

import {element, scrolling} from "./element.js";
import {against, number, percent} from "./numbers.js";

const BASELINES = {naive: "repeating the last value", seasonal_naive: "repeating last season"};

const plain = name => BASELINES[name] ?? name.replace(/^expert:/, "");

/** A table of the experts by share, then of the baselines; null while there is no score. */
export function expertsOf(mode, score, title) {
  const heading = element("h3", {}, title);
  if (!score || score.methods.length === 0) {
    return element("div", {class: "panel"}, heading, element("p", {class: "empty"},
      "No score yet. The experts and their errors stand here once a few forecasts have met their truth."));
  }
  const experts = score.methods.filter(method => !(method.name in BASELINES))
    .sort((a, b) => b.share - a.share || a.mae - b.mae);
  const baselines = score.methods.filter(method => method.name in BASELINES);
  const most = Math.max(...experts.map(method => method.share), 0.01);
  const row = (name, share, mae, kind) => {
    const bar = element("span", {class: "share-bar"});
    bar.style.width = `${(100 * share) / most}%`;
    return element("tr", {class: kind, "data-expert": name, "data-share": share, "data-mae": mae},
      element("th", {scope: "row"}, plain(name)),
      element("td", {}, kind ? null : element("div", {class: "share"}, element("span", {class: "share-track"}, bar),
        element("span", {class: "share-text"}, percent(share)))),
      element("td", {class: "number"}, number(mae)),
      element("td", {class: "number"}, kind === "ours" ? "" : against(score.mae > 0 ? mae / score.mae : null)));
  };
  return element("div", {class: "panel", "data-experts": mode}, heading,
    scrolling(title, element("table", {class: "experts-table"},
      element("thead", {}, element("tr", {}, element("th", {scope: "col"}, "Expert"),
        element("th", {scope: "col"}, "Share"), element("th", {scope: "col", class: "number"}, "Mean error"),
        element("th", {scope: "col", class: "number"}, "Beside ours"))),
      element("tbody", {},
        row("ours, the mixture", 0, score.mae, "ours"),
        ...experts.map(method => row(method.name, method.share, method.mae, null)),
        ...baselines.map(method => row(method.name, 0, method.mae, "baseline"))))));
}
