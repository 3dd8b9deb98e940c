// The list of series: the first ones that fit what is searched, more of them when somebody asks.

import {ask} from "./feed.js";
import {byId, element, printable, say} from "./element.js";
import {against, count, short} from "./numbers.js";
import {colour, onTheme} from "./theme.js";

const PART = 100;
const MOST = 2_000; // that the server lists
const REFRESH_MS = 3_000;
const HOLD_MS = 4_000; // nothing changes its place under a hand
const TYPING_MS = 180;
const CHOOSING_MS = 120; // a series is shown once no key is pressed
const PAGE = 8; // rows that PageDown moves by

export const STATUS_WORDS = {OK: "OK", WARMUP: "warm-up", FALLBACK: "fallback"};

export class SeriesList {
  #choose;
  #items = [];
  #chosen = null;
  #active = -1; // index that the arrow keys start from
  #limit = PART;
  #heldUntil = 0;
  #typing = null;
  #choosing = null;
  #question = null; // the newest; an older one's answer is of no use
  #listbox = byId("list");

  /** choose(series) is called for what a person chose */
  constructor(choose) {
    this.#choose = choose;
    for (const event of ["pointermove", "keydown", "wheel"]) {
      byId("list-scroll").addEventListener(event, () => (this.#heldUntil = Date.now() + HOLD_MS), {passive: true});
    }
    this.#listbox.addEventListener("keydown", event => this.#key(event));
    this.#listbox.addEventListener("click", event => {
      const row = event.target.closest("[role=option]");
      if (row) {
        this.#activate([...this.#listbox.children].indexOf(row));
      }
    });
    byId("search").addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#restart(), TYPING_MS);
    });
    byId("search").addEventListener("keydown", event => {
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        this.#listbox.focus();
        this.#activate(0);
      }
    });
    byId("sort").addEventListener("change", () => this.#restart());
    byId("status").addEventListener("change", () => this.#restart());
    byId("list-more").addEventListener("click", () => {
      this.#limit = Math.min(MOST, this.#limit + PART);
      this.refresh();
    });
    setInterval(() => document.hidden || Date.now() < this.#heldUntil || this.refresh(), REFRESH_MS);
    onTheme(() => this.#draw());
  }

  /** Marks the series that is shown. */
  mark(series) {
    this.#chosen = series;
    this.#active = this.#items.findIndex(item => item.series === series);
    this.#draw();
  }

  /** The first of the list, once there is one. */
  first() {
    return this.#items[0]?.series ?? null;
  }

  #restart() {
    this.#limit = PART;
    byId("list-scroll").scrollTop = 0;
    this.refresh();
  }

  async refresh() {
    const question = this.#question = {search: byId("search").value.trim(), sort: byId("sort").value, status: byId("status").value, limit: this.#limit};
    const told = await ask("api/series", question).catch(() => null); // the feed says that the server is away
    if (told === null || question !== this.#question) {
      return;
    }
    const {total, items} = told;
    this.#items = items;
    this.#active = items.findIndex(item => item.series === this.#chosen);
    const filtered = question.search !== "" || question.status !== "";
    say(byId("list-count"), total === 0 ? "" : `${count(total)} ${filtered ? "found" : "series"}`);
    byId("list-empty").hidden = total > 0;
    say(byId("list-empty"), total > 0 ? "" : filtered ? "No series is like that. Change the search or the status."
      : "No series yet. Each one appears here with its first observation.");
    byId("list-more").hidden = items.length === total || items.length === MOST;
    this.#draw();
  }

  #draw() {
    while (this.#listbox.children.length > this.#items.length) {
      this.#listbox.lastChild.remove();
    }
    this.#items.forEach((item, index) => {
      if (index === this.#listbox.children.length) {
        this.#listbox.append(makeRow(index));
      }
      this.#fill(this.#listbox.children[index], index, item);
    });
    if (this.#active < 0) {
      this.#listbox.removeAttribute("aria-activedescendant");
    } else {
      this.#listbox.setAttribute("aria-activedescendant", `option-${this.#active}`);
    }
  }

  #fill(row, index, item) {
    row.setAttribute("aria-selected", item.series === this.#chosen);
    row.classList.toggle("active", index === this.#active);
    row.dataset.series = item.series;
    row.dataset.status = item.status ?? "";
    const {name, value, status, error, versus, line} = row.parts;
    showName(name, item.series);
    say(value, item.value === null ? "" : short(item.value));
    say(status, STATUS_WORDS[item.status] ?? "no forecast");
    const relative = item.relative_seasonal ?? item.relative;
    say(error, relative === null ? "not scored" : against(relative));
    error.dataset.tone = relative === null ? "none" : relative > 1.005 ? "bad" : relative < 0.995 ? "good" : "none";
    say(versus, item.relative_seasonal === null && relative !== null ? "than last value" : "");
    spark(line, item.sparkline);
  }

  #key(event) {
    const to = {
      ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, PageDown: this.#active + PAGE, PageUp: this.#active - PAGE,
      Home: 0, End: this.#items.length - 1, Enter: this.#active, " ": this.#active}[event.key];
    if (to === undefined || this.#items.length === 0 || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    this.#activate(Math.min(this.#items.length - 1, Math.max(0, to)));
  }

  /** Moves to an index, and shows its series once no key is pressed. */
  #activate(index) {
    const item = this.#items[index];
    if (item === undefined) {
      return;
    }
    this.#active = index;
    this.#listbox.children[index].scrollIntoView({block: "nearest"});
    this.#draw();
    clearTimeout(this.#choosing);
    this.#choosing = setTimeout(() => this.#choose(item.series), CHOOSING_MS);
  }
}

const TAIL = 7; // characters at the end of a name that always show

/** The last part of a name always shows; what is before it as far as there is room, its end first. */
function showName(place, series) {
  if (place.dataset.shown === series) {
    return;
  }
  place.dataset.shown = series;
  place.title = printable(series);
  const slash = series.lastIndexOf("/", series.length - 2) + 1;
  const parts = [[series.slice(0, slash), "row-path"], [series.slice(slash), "row-last"]].filter(([text]) => text !== "");
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
  const row = element("div", {role: "option", class: "row", id: `option-${index}`, "aria-selected": "false"},
    element("span", {class: "row-main"}, parts.name, element("span", {class: "row-more"}, parts.status, parts.value)),
    parts.line,
    element("span", {class: "row-side"}, parts.error, parts.versus));
  row.parts = parts;
  return row;
}

/** Draws values (null for unknown) over the whole canvas, as a small line without axes. */
function spark(canvas, values) {
  const pixel = devicePixelRatio;
  const {clientWidth: width, clientHeight: height} = canvas;
  canvas.width = Math.round(width * pixel);
  canvas.height = Math.round(height * pixel);
  const known = values.filter(value => value !== null);
  if (known.length === 0 || width === 0) {
    return;
  }
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = i => 2 + ((width - 5) * i) / Math.max(1, values.length - 1);
  const y = value => (high > low ? 2.5 + ((height - 5) * (high - value)) / (high - low) : height / 2);
  const ctx = canvas.getContext("2d");
  ctx.scale(pixel, pixel);
  ctx.strokeStyle = colour("actual");
  ctx.lineWidth = 1.25;
  ctx.lineJoin = "round";
  ctx.beginPath();
  values.forEach((value, i) => value !== null && (i > 0 && values[i - 1] !== null ? ctx.lineTo(x(i), y(value)) : ctx.moveTo(x(i), y(value))));
  ctx.stroke();
  const last = values.length - 1;
  if (values[last] !== null) {
    ctx.fillStyle = colour("forecast");
    ctx.beginPath();
    ctx.arc(x(last), y(values[last]), 2, 0, 7);
    ctx.fill();
  }
}
