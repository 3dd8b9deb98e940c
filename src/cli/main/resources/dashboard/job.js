// What of the job could not be used, its models and its topics.

import {byId, element, printable, say, scrolling} from "./element.js";
import {count, local, moment} from "./numbers.js";

const REASONS = {
  MALFORMED: "cannot be read as an observation", SCHEMA: "its schema is not in the registry, or is of something else", NULL_VALUE: "a record without a value",
  SERIES: "series name empty or above 1000 characters", NOT_FINITE: "value is NaN or infinite",
  TIME: "before 1970, or too far ahead of the clock", FEATURES: "not as many covariates as the job file says",
  LATE: "its series had moved past it", MODEL: "a model that does not fit the job",
  SERIES_LIMIT: "a new series beyond state.max-series"};

export class JobView {
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
    byId("view-job").append(
      element("section", {class: "panel", "aria-labelledby": "letters-title"},
        element("h2", {id: "letters-title", tabindex: "-1"}, "Dead letters"), this.#noLetters, this.#letters, this.#lettersNext),
      element("section", {class: "panel", "aria-labelledby": "models-title"},
        element("h2", {id: "models-title"}, "Models"), this.#models),
      this.#topics);
  }

  show(job) {
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
        element("th", {scope: "row"}, element("bdi", {}, printable(model.name))),
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
