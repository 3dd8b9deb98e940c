// Errors over all series: quantiles, and the worst series of each group.

import {ask} from "./feed.js";
import {element, printable, say, scrolling} from "./element.js";
import {against, count, percent} from "./numbers.js";

const REFRESH_MS = 5_000;
const MAX_ROWS = 50;

export class ErrorsView {
  #table = element("div", {});
  #around = element("p", {class: "dim"});
  #empty = element("p", {class: "empty"});
  #group = "";
  #asked = 0;
  #shown = "";

  constructor() {
    this.element = element("section", {class: "panel", id: "errors", "aria-labelledby": "errors-title"},
      element("h2", {id: "errors-title"}, "Errors over all series"), this.#around, this.#empty, this.#table);
  }

  /** Asks again after a while; to be called often while it can be seen. */
  async show() {
    if (Date.now() - this.#asked < REFRESH_MS) {
      return;
    }
    this.#asked = Date.now();
    const group = this.#group;
    const told = await ask("api/errors", {group}).catch(() => null); // the feed says that the server is away
    if (told !== null && group === this.#group && JSON.stringify([group, told]) !== this.#shown) {
      this.#shown = JSON.stringify([group, told]);
      this.#draw(told);
    }
  }

  #choose(group) {
    this.#group = group;
    this.#asked = 0;
    this.show();
  }

  #draw({naive, seasonal_naive: seasonal, group_count: all, groups}) {
    const link = (group, text) => {
      const button = element("button", {type: "button", class: "quiet", "data-group": group}, element("bdi", {}, text));
      button.addEventListener("click", () => this.#choose(group));
      return button;
    };
    const parts = this.#group.split("/").slice(0, -1);
    this.#around.hidden = parts.length === 0;
    this.#around.replaceChildren(link("", "All series"), ...parts.map((part, i) =>
      link(parts.slice(0, i + 1).join("/") + "/", printable(part) + "/")));
    const none = naive.series === 0 && seasonal.series === 0;
    this.#empty.hidden = !none;
    say(this.#empty, none ? "No score yet." : "");
    const cell = (value, text) => element("td", {class: "number", "data-value": value ?? ""}, text);
    const head = (first, ...names) => element("thead", {}, element("tr", {}, element("th", {scope: "col"}, first),
      ...names.map(name => element("th", {scope: "col", class: "number"}, name))));
    const quantiles = element("table", {"data-table": "quantiles"},
      head("Error beside repeating the", "Series", "10 % of the series: at most", "half: at most", "90 %: at most"),
      element("tbody", {}, ...[["last value", naive], ["last season", seasonal]].filter(([, of]) => of.series > 0).map(([name, of]) =>
        element("tr", {}, element("th", {scope: "row"}, name), cell(of.series, count(of.series)),
          cell(of.p10, against(of.p10)), cell(of.p50, against(of.p50)), cell(of.p90, against(of.p90))))));
    const listed = groups.slice(0, MAX_ROWS);
    const byGroup = element("table", {"data-table": "groups"},
      element("caption", {}, all > listed.length ? `The worst ${count(listed.length)} of ${count(all)} groups` : "Groups, worst first"),
      head("Group", "Series", "Median error", "Worse than naive", "Worst series", "Its error"),
      element("tbody", {}, ...listed.map(of => element("tr", {"data-group": of.name},
        element("th", {scope: "row"}, link(of.name, printable(of.name))), cell(of.series, count(of.series)), cell(of.p50, against(of.p50)),
        cell(of.worse, of.compared === 0 ? "" : `${count(of.worse)} (${percent(of.worse / of.compared)})`),
        element("td", {}, of.worst === null ? null : element("a", {href: "#" + new URLSearchParams({series: of.worst})}, element("bdi", {}, printable(of.worst)))),
        cell(of.worst_error, of.worst === null ? "" : against(of.worst_error))))));
    this.#table.replaceChildren(...(none ? [] : [scrolling("Quantiles of the errors", quantiles)]),
      ...(listed.length === 0 ? [] : [scrolling("Errors by group", byGroup)]));
  }
}
