// What of the job could not be used, its models and its topics.

import {byId, element, printable, say, scrolling} from "./element.js";
import {count, local, moment} from "./numbers.js";

const REASONS = {
  MALFORMED: "cannot be read as an observation", SCHEMA: "its schema is not in the registry, or is of something else", NULL_VALUE: "a record without a value",
  SERIES: "series name empty or above 1000 characters", NOT_FINITE: "value is NaN or infinite",
  TIME: "before 1970, or too far ahead of the clock", FEATURES: "not as many covariates as the job file says",
  LATE: "its series had moved past it", MODEL: "a model that does not fit the job",
  SERIES_LIMIT: "a new series beyond state.max-series", TOO_LARGE: "a result that its topic does not take"};

export class JobView {
  #models = element("div", {});
  #letters = element("div", {});
  #topics = element("p", {class: "dim topics"});
  #next = element("p", {class: "dim"});
  #told = {};

  constructor() {
    byId("view-job").append(
      element("section", {class: "panel", "aria-labelledby": "letters-title"},
        element("h2", {id: "letters-title", tabindex: "-1"}, "Dead letters"), this.#letters, this.#next),
      element("section", {class: "panel", "aria-labelledby": "models-title"},
        element("h2", {id: "models-title"}, "Models"), this.#models),
      this.#topics);
  }

  show(job) {
    this.#once("models", [job.models, Math.floor(job.now / 60_000)], () => this.#showModels(job.models));
    this.#once("letters", job.dead_letters_by_reason, () => this.#showLetters(job.dead_letters_by_reason, job.dead_letter_topic));
    say(this.#topics, "Read from " + job.topics.join(", ") + ". Times are UTC, and those of your own clock where they say local.");
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
        element("th", {scope: "row"}, element("bdi", {}, printable(model.name))),
        element("td", {}, String(model.version)), element("td", {}, moment(model.created) + local(model.created)),
        element("td", {}, model.published === null ? "not seen on the topic: from the job file, or earlier" : moment(model.published) + local(model.published)), element("td", {class: "number"}, count(model.series))))))));
  }

  #showLetters(reasons, topic) {
    const command = words => element("code", {}, `weir dead-letters${words}${topic === "observations.dlq" ? "" : ` --topic ${topic}`}`);
    const known = reasons.find(one => Object.hasOwn(REASONS, one.reason)); // others are foreign text, and no command
    this.#next.replaceChildren(...(reasons.length === 0 ? ["None: all records could be used."] : ["To see more: ", command(""), ".",
      ...(known ? [" To send them in again after a fix: ", command(` replay --reason ${known.reason}`)] : [])]));
    const focused = document.activeElement?.closest("[data-reason]")?.dataset.reason;
    const open = new Set([...this.#letters.children].filter(one => one.open).map(one => one.dataset.reason));
    this.#letters.replaceChildren(...reasons.map(one => letters(one, open.has(one.reason))));
    [...this.#letters.children].find(one => one.dataset.reason === focused)?.firstChild.focus();
  }
}

/** All that died for one reason, with one of them as an example. */
function letters({reason, count: number, last, example}, open) {
  const line = (name, text) => (text === null || text === "" ? []
    : [element("dt", {}, name), element("dd", {}, element("bdi", {}, printable(text)))]);
  return element("details", {class: "letter", "data-reason": reason, "data-count": number, open},
    element("summary", {}, element("b", {}, reason), element("span", {class: "dim"}, Object.hasOwn(REASONS, reason) ? REASONS[reason] : ""),
      element("span", {class: "number"}, `${count(number)} ×`), element("span", {class: "dim"}, `last ${moment(last)}${local(last)}`)),
    element("dl", {class: "example"}, ...line("Why", example.message),
      ...line("Where", `${example.topic}, partition ${example.partition}, offset ${example.offset}`), ...line("Key", example.key), ...line("Value", example.value)));
}
