// The classes of the chosen series: a strip under the chart, the newest probabilities, and what labels say of them.

import {element, modelName, printable, say, scrolling} from "./element.js";
import {counted, percent, time} from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = 10;
const ROW = 18; // pixels

const svg = (tag, attributes) => Object.entries(attributes).reduce((made, [name, value]) => {
  made.setAttribute(name, String(value));
  return made;
}, document.createElementNS(SVG, tag));

function bar(className, share) {
  const made = element("span", {class: className});
  made.style.width = `${(100 * share).toFixed(1)}%`; // by script, since the page allows no style attribute
  return made;
}

/** Windows next to each other of one class, as one piece: {from, to, name}. */
function pieces(windows, nameOf) {
  const all = [];
  let before = -Infinity;
  for (const one of windows) {
    const from = Math.max(one.start, before);
    const name = nameOf(one);
    const last = all[all.length - 1];
    if (last && last.name === name && from <= last.to) {
      last.to = one.end;
    } else {
      all.push({from, to: one.end, name});
    }
    before = one.end;
  }
  return all.filter(piece => piece.name);
}

export class ClassPanel {
  #parts = {};

  constructor() {
    const parts = this.#parts;
    this.element = element("article", {class: "panel class-panel", hidden: true},
      element("p", {class: "class-headline"}, parts.headline = element("span", {})),
      parts.facts = element("p", {class: "facts"}),
      parts.legend = element("p", {class: "legend"}),
      parts.strip = element("div", {class: "class-strip", role: "img"}),
      element("div", {class: "class-tables"},
        parts.probabilities = element("table", {class: "class-bars"}),
        scrolling("Labels and classes", parts.confusion = element("table", {class: "confusion"}))));
  }

  /** over: the chart's drawing area, to lie under it; null without a chart */
  show({history, from, to, over}) {
    const {windows, latest} = history.classes;
    this.element.hidden = this.element.parentElement.hidden = windows.length === 0;
    if (windows.length === 0 || latest === null) {
      return;
    }
    const parts = this.#parts;
    const newest = windows[windows.length - 1];
    const names = [...new Set([...latest.classes, ...windows.map(one => one.truth).filter(truth => truth !== null)])];
    const colour = name => names.indexOf(name) % COLOURS;
    parts.headline.replaceChildren(...(newest.label === ""
      ? ["No class is known yet: neither a model has come nor a label."]
      : ["Up to ", time(newest.end), " it is ", element("strong", {}, printable(newest.label)), `, ${percent(newest.probability)}.`]));
    say(parts.facts, [
      latest.model === "" ? "no model" : modelName(latest.model, latest.model_version),
      latest.status,
      latest.accuracy === null ? "no labels yet" : `accuracy ${percent(latest.accuracy)}, log loss ${latest.log_loss.toFixed(3)}, of ${latest.labels.toLocaleString("en")} labels`,
    ].join(" · "));
    parts.legend.replaceChildren(...names.map(name =>
      element("span", {class: "key"}, element("i", {class: `class-${colour(name)}`, "aria-hidden": "true"}), printable(name))));
    this.#strip(windows, from, to, over, colour);
    parts.probabilities.replaceChildren(element("caption", {}, "Newest window"),
      element("tbody", {}, ...latest.classes.map((name, k) => element("tr", {},
        element("th", {scope: "row"}, printable(name)),
        element("td", {class: "class-bar"}, bar(`class-${colour(name)}`, latest.probabilities[k])),
        element("td", {class: "number", "data-value": latest.probabilities[k]}, percent(latest.probabilities[k]))))));
    this.#confusion(windows, names);
  }

  #strip(windows, from, to, over, colour) {
    const strip = this.#parts.strip;
    const box = over?.getBoundingClientRect();
    const outer = strip.getBoundingClientRect();
    const left = box ? Math.max(0, box.left - outer.left) : 0;
    const width = Math.max(1, Math.min(box?.width ?? outer.width, outer.width - left));
    const x = at => left + width * Math.min(1, Math.max(0, (at - from) / (to - from)));
    const shown = windows.filter(one => one.end >= from && one.start <= to);
    const draw = svg("svg", {width: outer.width || 1, height: 2 * ROW + 4, "aria-hidden": "true"});
    [one => one.label, one => one.truth].forEach((nameOf, row) => {
      for (const piece of pieces(shown, nameOf)) {
        const rect = svg("rect", {
          x: x(piece.from), y: row * (ROW + 4), width: Math.max(1, x(piece.to) - x(piece.from)), height: ROW,
          class: `class-${colour(piece.name)}`, "data-row": row === 0 ? "said" : "true", "data-class": piece.name,
        });
        const title = svg("title", {});
        title.textContent = `${row === 0 ? "said" : "was"} ${printable(piece.name)}, ${time(piece.from)} to ${time(piece.to)}`;
        rect.append(title);
        draw.append(rect);
      }
    });
    strip.replaceChildren(draw);
    strip.setAttribute("aria-label", `Above: the class of each window; below: the label, where it has come. ${counted(shown.length, "window")}.`);
  }

  #confusion(windows, names) {
    const labelled = windows.filter(one => one.truth !== null && one.label !== "");
    const count = (truth, said) => labelled.filter(one => one.truth === truth && one.label === said).length;
    this.#parts.confusion.replaceChildren(...(labelled.length === 0 ? [] : [
      element("caption", {}, `${counted(labelled.length, "window")} with a label: label by row, class by column`),
      element("thead", {}, element("tr", {}, element("td", {}), ...names.map(name => element("th", {scope: "col", class: "number"}, printable(name))))),
      element("tbody", {}, ...names.map(truth => element("tr", {}, element("th", {scope: "row"}, printable(truth)),
        ...names.map(said => element("td", {class: truth === said ? "number right" : "number", "data-value": count(truth, said)}, String(count(truth, said)))))))]));
  }
}
