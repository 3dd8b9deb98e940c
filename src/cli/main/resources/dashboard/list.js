// The list of series. Only the visible rows are requested and drawn.

import {ask} from "./feed.js";
import {byId, element, printable, say} from "./element.js";
import {against, count, short} from "./numbers.js";
import {spark} from "./spark.js";
import {onTheme} from "./theme.js";

const ROW = 58; // pixels, as in the style sheet
const PAGE = 50;
const REFRESH_MS = 3_000;
const HOLD_MS = 4_000; // nothing changes its place under a hand
const TYPING_MS = 180;
const TAIL = 7; // characters at the end of a name that always show
const MAX_ROWS = 250_000; // browsers draw nothing beyond 17 million pixels

export const STATUS_WORDS = {OK: "OK", WARMUP: "warm-up", FALLBACK: "fallback"};

export class SeriesList {
  #choose;
  #items = new Map(); // index -> item
  #total = 0;
  #chosen = null;
  #active = -1; // index that the arrow keys start from
  #rows = new Map(); // index -> row
  #asked = new Map(); // page -> controller of the question that is on its way
  #heldUntil = 0;
  #typing = null;
  #choosing = null;
  #generation = 0;
  #listbox = byId("list");
  #scroll = byId("list-scroll");

  /** choose(series) is called for what a person chose */
  constructor(choose) {
    this.#choose = choose;
    this.#scroll.addEventListener("scroll", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    for (const event of ["pointermove", "keydown", "wheel"]) {
      this.#scroll.addEventListener(event, () => (this.#heldUntil = Date.now() + HOLD_MS), {passive: true});
    }
    this.#listbox.addEventListener("keydown", event => this.#key(event));
    this.#listbox.addEventListener("click", event => {
      const row = event.target.closest("[role=option]");
      if (row) {
        this.#activate(Number(row.dataset.index));
      }
    });
    byId("search").addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.restart(), TYPING_MS);
    });
    byId("search").addEventListener("keydown", event => {
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        this.#listbox.focus();
        this.#activate(0);
      }
    });
    byId("group").addEventListener("change", event => {
      event.target.dataset.shown = ""; // the next answer has the groups in it
      this.restart();
    });
    byId("sort").addEventListener("change", () => this.restart());
    byId("status").addEventListener("change", () => this.restart());
    setInterval(() => document.hidden || this.refresh(), REFRESH_MS);
    onTheme(() => this.#draw());
  }

  focus() {
    this.#listbox.focus();
  }

  /** Marks the series that is shown. */
  mark(series) {
    this.#chosen = series;
    this.#active = this.#indexOf(series);
    this.#draw();
  }

  /** The first of the list, once there is one. */
  first() {
    return this.#items.get(0)?.series ?? null;
  }

  /** Another question: starts from the top. */
  async restart() {
    this.#generation++;
    this.#asked.clear();
    this.#items.clear();
    this.#active = -1;
    this.#scroll.scrollTop = 0;
    await this.#load(0, false);
  }

  /** Asks again for what is in sight. */
  async refresh() {
    const [from, to] = this.#inSight();
    for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to - 1) / PAGE); page++) {
      await this.#load(page, Date.now() < this.#heldUntil);
    }
  }

  async #load(page, hold) {
    if (this.#asked.has(page)) {
      return;
    }
    const generation = this.#generation;
    this.#asked.set(page, true);
    const told = await ask("api/series", {
      group: byId("group").value, search: byId("search").value.trim(), sort: byId("sort").value, status: byId("status").value,
      offset: page * PAGE, limit: PAGE})
      .catch(() => null); // the server is away: the feed says so, and this is asked again soon
    if (generation === this.#generation) {
      this.#asked.delete(page);
      if (told !== null) {
        this.#take(told, hold);
      }
    }
  }

  #take({total, offset, groups, items}, hold) {
    showGroups(groups);
    const byName = new Map(items.map(item => [item.series, item]));
    items.forEach((item, i) => {
      const old = this.#items.get(offset + i);
      this.#items.set(offset + i, hold && old ? byName.get(old.series) ?? old : item);
    });
    this.#total = Math.min(total, MAX_ROWS);
    for (const index of this.#items.keys()) {
      if (index >= this.#total) {
        this.#items.delete(index);
      }
    }
    if (!hold) {
      this.#active = this.#indexOf(this.#chosen);
    }
    this.#listbox.style.height = `${this.#total * ROW}px`;
    const filtered = ["group", "search", "status"].some(id => byId(id).value.trim() !== "");
    say(byId("list-count"), total === 0 ? "" : `${count(total)} ${filtered ? "found" : "series"}${total > MAX_ROWS ? `, the first ${count(MAX_ROWS)} listed` : ""}`);
    byId("list-empty").hidden = total > 0;
    say(byId("list-empty"), total > 0 ? "" : filtered ? "No series is like that. Change the group, the search or the status."
      : "No series yet. Each one appears here with its first observation.");
    this.#draw();
  }

  #indexOf(series) {
    for (const [index, item] of this.#items) {
      if (item.series === series) {
        return index;
      }
    }
    return -1;
  }

  #inSight() {
    const top = this.#scroll.scrollTop;
    return [Math.floor(top / ROW), Math.min(this.#total, Math.ceil((top + this.#scroll.clientHeight) / ROW) + 1)];
  }

  #draw() {
    const [from, to] = this.#inSight();
    for (const [index, row] of this.#rows) {
      if (index < from || index >= to) {
        row.remove();
        this.#rows.delete(index);
      }
    }
    for (let index = from; index < to; index++) {
      const item = this.#items.get(index);
      if (!this.#rows.has(index)) {
        const row = makeRow(index);
        this.#rows.set(index, row);
        this.#listbox.append(row);
      }
      this.#fill(this.#rows.get(index), index, item);
      if (!item) {
        this.#load(Math.floor(index / PAGE), false);
      }
    }
    if (this.#rows.has(this.#active)) {
      this.#listbox.setAttribute("aria-activedescendant", `option-${this.#active}`);
    } else {
      this.#listbox.removeAttribute("aria-activedescendant");
    }
  }

  #fill(row, index, item) {
    row.setAttribute("aria-setsize", this.#total);
    row.setAttribute("aria-selected", item !== undefined && item.series === this.#chosen);
    row.classList.toggle("active", index === this.#active);
    const {name, value, status, error, versus, line} = row.parts;
    if (!item) {
      name.dataset.shown = "";
      name.replaceChildren("…");
      [value, status, error, versus].forEach(part => say(part, ""));
      return;
    }
    row.dataset.series = item.series;
    row.dataset.status = item.status ?? "";
    showName(name, item.series);
    say(value, item.value === null ? "" : short(item.value));
    say(status, STATUS_WORDS[item.status] ?? "no forecast");
    const seasonal = item.relative_seasonal !== null;
    const relative = item.relative_seasonal ?? item.relative;
    say(error, relative === null ? "not scored" : against(relative));
    error.dataset.tone = relative === null ? "none" : relative > 1.005 ? "bad" : relative < 0.995 ? "good" : "none";
    say(versus, seasonal || relative === null ? "" : "than last value");
    spark(line, item.sparkline);
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#scroll.clientHeight / ROW) - 1);
    const to = {
      ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, PageDown: this.#active + page,
      PageUp: this.#active - page, Home: 0, End: this.#total - 1, Enter: this.#active, " ": this.#active}[event.key];
    if (to === undefined || this.#total === 0 || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    this.#activate(Math.min(this.#total - 1, Math.max(0, to)));
  }

  /** Moves to an index, and selects its series once that is loaded and no key is pressed. */
  async #activate(index) {
    this.#active = index;
    const top = index * ROW;
    if (top < this.#scroll.scrollTop) {
      this.#scroll.scrollTop = top;
    } else if (top + ROW > this.#scroll.scrollTop + this.#scroll.clientHeight) {
      this.#scroll.scrollTop = top + ROW - this.#scroll.clientHeight;
    }
    this.#draw();
    clearTimeout(this.#choosing);
    this.#choosing = setTimeout(async () => {
      if (!this.#items.has(index)) {
        await this.#load(Math.floor(index / PAGE), false);
      }
      const item = this.#items.get(index);
      if (item && index === this.#active) {
        this.#choose(item.series);
      }
    }, 120);
  }
}

/** The groups around the chosen one, itself, and those in it. */
function showGroups(groups) {
  const select = byId("group");
  const chosen = select.value;
  const around = chosen.split("/").slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join("/") + "/");
  const wanted = [
    {value: "", text: "All groups"},
    ...around.map(value => ({value, text: printable(value)})),
    ...groups.map(({name, series}) => ({value: name, text: `${printable(name)} (${count(series)})`}))];
  byId("group-field").hidden = wanted.length === 1;
  // not under a hand that holds the list open, but for the groups in one that was just chosen
  const isFree = document.activeElement !== select || select.dataset.shown === "";
  if (JSON.stringify(wanted) !== select.dataset.shown && isFree) {
    select.dataset.shown = JSON.stringify(wanted);
    select.replaceChildren(...wanted.map(({value, text}) => element("option", {value}, text)));
    select.value = chosen;
  }
}

/** The last part of a name always shows; what is before it, beyond the chosen group, as far as there is room, its end first. */
function showName(place, series) {
  const group = byId("group").value;
  const shown = group + "\n" + series;
  if (place.dataset.shown === shown) {
    return;
  }
  place.dataset.shown = shown;
  place.title = printable(series);
  const name = series.startsWith(group) ? series.slice(group.length) : series;
  const slash = name.lastIndexOf("/", name.length - 2) + 1;
  const parts = [[name.slice(0, slash), "row-path"], [name.slice(slash), "row-last"]].filter(([text]) => text !== "");
  place.replaceChildren(...parts.map(([text, style]) => element("span", {class: style},
    ...(style === "row-last" ? ends(printable(text)) : [printable(text)]).map(part => element("bdi", {}, part)))));
}

/** A long name in two parts, since often its end tells it from others: the first part is cut where there is no room. */
const ends = text => (text.length > 2 * TAIL && /^[\x20-\x7e]+$/.test(text) ? [text.slice(0, -TAIL), text.slice(-TAIL)] : [text]);

function makeRow(index) {
  const parts = {
    name: element("span", {class: "row-name"}), value: element("span", {class: "row-value"}),
    status: element("span", {class: "row-status"}), error: element("span", {class: "row-error"}),
    versus: element("span", {class: "row-versus"}), line: element("canvas", {class: "row-line", "aria-hidden": "true"})};
  const row = element("div", {role: "option", class: "row", id: `option-${index}`, "data-index": index,
    "aria-posinset": index + 1, "aria-selected": "false"},
    element("span", {class: "row-main"}, parts.name, element("span", {class: "row-more"}, parts.status, parts.value)),
    parts.line,
    element("span", {class: "row-side"}, parts.error, parts.versus));
  row.style.transform = `translateY(${index * ROW}px)`;
  row.parts = parts;
  return row;
}
