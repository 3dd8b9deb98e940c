// The chosen series: its panels, what of it is shown, and going back through what was forecast.

import {ClassPanel} from "./classes.js";
import {ask} from "./feed.js";
import {byId, element, printable, say} from "./element.js";
import {ExpertsPanel} from "./experts.js";
import {History, lowerBound} from "./history.js";
import {SeriesIncidents} from "./incidents.js";
import {ModePanel} from "./panel.js";
import {local, time} from "./numbers.js";
import {onTheme} from "./theme.js";

const SPANS = [[48, "48"], [96, "96"], [240, "240"], [Infinity, "All"]];
const BOTH = "both";
const LIMIT = 500;
const STEPS_LISTED = 24;
const AROUND = 40; // values shown before and after a place

export class SeriesView {
  #history = null;
  #panels = new Map();
  #mode = null; // as asked for; null: the first one there is
  #span;
  #step = 1;
  #scrub = null; // an origin; null: the newest
  #zoom = null; // [from, to]; null: the newest values
  #paused = false;
  #waiting = 0; // values that came while paused
  #frame = null;
  #question = null;
  #error = null;
  #jobWhy = null;
  #ahead = null; // of this page's clock is the server's, in milliseconds
  #started = null; // when it began to read
  #modeChanged;
  #origins = [];
  #classes = new ClassPanel();
  #target = null; // a time that is shown once its values are there
  #beyond = null; // a sentence, if they are not kept
  incidents = new SeriesIncidents(() => this.#later());

  /** modeChanged(mode) is called when a person chose another one */
  constructor(modeChanged) {
    this.#modeChanged = modeChanged;
    this.#span = matchMedia("(max-width: 700px)").matches ? 48 : 96;
    byId("span-group").append(element("span", {class: "group-name"}, "Values"), ...SPANS.map(([span, label]) => {
      const button = element("button", {type: "button", "data-span": span}, label);
      button.addEventListener("click", () => this.#set({span, zoom: null}));
      return button;
    }));
    byId("step").addEventListener("change", event => this.#set({step: Number(event.target.value)}));
    byId("zoom-reset").addEventListener("click", () => this.zoomOut());
    byId("pause").addEventListener("click", () => this.pause());
    byId("newest").addEventListener("click", () => this.scrubTo(null));
    byId("earlier").addEventListener("click", () => this.#earlier());
    byId("origin").addEventListener("input", event => {
      const at = Number(event.target.value);
      this.scrubTo(at >= this.#origins.length - 1 ? null : this.#origins[at]);
    });
    byId("classes").append(this.#classes.element);
    onTheme(() => {
      this.#panels.forEach(panel => panel.repaint());
    });
  }

  get series() {
    return this.#history?.series ?? null;
  }

  /** Shows a series; forgets the one before. */
  open(series, mode) {
    this.#question?.abort();
    this.#history = new History(series);
    this.#error = null;
    this.#mode = mode;
    this.#scrub = null;
    this.#zoom = null;
    this.#target = this.#beyond = null;
    this.incidents.open(series);
    this.#waiting = 0;
    if (this.#paused) {
      this.pause();
    }
    this.#panels.forEach(panel => panel.destroy());
    this.#panels.clear();
    say(byId("series-name").firstElementChild, printable(series));
    this.#draw();
  }

  /**
   * Asks for all there is of the series: at first, and after the server was away. True: it is there; false: the server
   * does not know it; null: no answer.
   */
  async load() {
    this.#question?.abort();
    const question = this.#question = new AbortController();
    const history = this.#history;
    let found = null;
    let told = null;
    try {
      told = await ask("api/series/history", {series: history.series, limit: LIMIT}, question.signal);
      this.#error = null;
      found = true;
    } catch (error) {
      if (error.status === 404) {
        this.#error = "The server knows no series of this name. Choose one from the list, or wait until its first value comes.";
        found = false;
      } else if (error.status) {
        this.#error = error.message;
      }
    }
    if (history !== this.#history) {
      return null;
    }
    if (found) {
      history.merge(told);
      this.#reach();
    }
    this.#later();
    return found;
  }

  /** Shows what was around a time, as soon as its values are there. */
  goTo(time) {
    this.#target = time;
    this.#beyond = null;
    this.#reach();
  }

  async #reach() {
    const [history, at] = [this.#history, this.#target];
    if (at === null || history.observations.length === 0) {
      return; // when it is loaded
    }
    const margin = AROUND * history.spacing();
    while (this.#hasEarlier() && history.observations[0].time > at - margin && await this.#loadEarlier()) {
      if (history !== this.#history || at !== this.#target) {
        return;
      }
    }
    if (history !== this.#history || at !== this.#target) {
      return; // the last request may have taken long, too
    }
    this.#target = null;
    const known = history.observations[0].time <= at;
    this.#beyond = known ? null : `The values of ${time(at)} UTC are not kept here; they are on the topic.`;
    this.#set({scrub: null, zoom: known ? [at - margin, at + margin] : null});
  }

  /** Takes news of the series. */
  news(told) {
    if (this.#history?.series !== told.series) {
      return;
    }
    this.#history.merge(told);
    this.#error = null;
    this.#waiting += told.observations?.time.length ?? 0;
    this.#later();
  }

  /** What the job says is missing, for a series without values. */
  jobWhy(why) {
    if (this.#jobWhy !== why) {
      this.#jobWhy = why;
      this.#later();
    }
  }

  /** What time it is for the server, which began to read at another. */
  tick(now, started) {
    [this.#ahead, this.#started] = [now - performance.now(), started];
    this.#panels.forEach(panel => panel.age(now, started));
  }

  pause() {
    this.#paused = !this.#paused;
    this.#waiting = 0;
    this.#buttons();
    this.#later();
  }

  scrubTo(origin) {
    this.#set({scrub: origin});
  }

  /** Moves by this many origins; a negative number moves back. */
  scrubBy(steps) {
    if (this.#origins.length === 0) {
      return;
    }
    const last = this.#origins.length - 1;
    const at = this.#scrub === null ? last : lowerBound(this.#origins, this.#scrub);
    const to = Math.max(0, at + steps);
    this.scrubTo(to >= last ? null : this.#origins[to]);
  }

  zoomOut() {
    this.#set({zoom: null});
  }

  /** Closer (below 1) or wider, about the chosen origin. */
  zoomBy(factor) {
    const [from, to] = this.#range();
    const centre = this.#scrub ?? to;
    this.#set({zoom: [centre - (centre - from) * factor, centre + (to - centre) * factor]});
  }

  nextMode() {
    const choices = this.#choices();
    if (choices.length > 1) {
      this.#chooseMode(choices[(choices.indexOf(this.#shownMode()) + 1) % choices.length]);
    }
  }

  #set({span = this.#span, step = this.#step, scrub = this.#scrub, zoom = this.#zoom}) {
    this.#span = span;
    this.#step = step;
    this.#scrub = scrub;
    this.#zoom = zoom;
    this.#draw();
  }

  #chooseMode(mode) {
    this.#mode = mode;
    this.#modeChanged(mode);
    this.#draw();
  }

  #choices() {
    const modes = this.#history?.modeNames() ?? [];
    return modes.length > 1 ? [...modes, BOTH] : modes;
  }

  #shownMode() {
    const choices = this.#choices();
    return choices.includes(this.#mode) ? this.#mode : choices[0] ?? null;
  }

  #shownModes() {
    const mode = this.#shownMode();
    return mode === BOTH ? this.#history.modeNames() : [mode];
  }

  /** Draws with the next frame, once for all that came until then. */
  #later() {
    if (this.#paused) {
      this.#buttons();
      return;
    }
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  async #earlier() {
    byId("earlier").disabled = true;
    const loaded = await this.#loadEarlier();
    byId("earlier").disabled = false;
    if (loaded) {
      this.#set({span: Infinity, zoom: null});
    }
  }

  #hasEarlier() {
    const {oldest, observations} = this.#history;
    return oldest !== null && observations.length > 0 && oldest < observations[0].time;
  }

  /** Whether earlier values came; the feed says if the server is away. */
  async #loadEarlier() {
    const history = this.#history;
    const first = history.observations[0].time;
    const told = await ask("api/series/history", {series: history.series, before: first - 1, limit: LIMIT}).catch(() => null);
    if (told !== null) {
      history.merge(told);
    }
    return history.observations[0].time < first;
  }

  #range() {
    if (this.#zoom) {
      return this.#zoom;
    }
    const history = this.#history;
    const all = history.observations;
    if (all.length === 0) {
      return [Date.now() - 3_600_000, Date.now()];
    }
    const spacing = history.spacing();
    const ends = mode => history.forecastAt(mode, this.#scrub)?.time.findLast(at => at !== null) ?? -Infinity;
    const fan = Math.max(-Infinity, ...this.#shownModes().filter(mode => mode !== null).map(ends));
    const newest = all[all.length - 1].time;
    let first = Math.max(0, all.length - this.#span);
    let to = Math.max(newest, fan);
    if (this.#scrub !== null && Number.isFinite(this.#span)) {
      const at = lowerBound(all, this.#scrub, entry => entry.time);
      if (at - first < 0.25 * this.#span) {
        first = Math.max(0, Math.round(at - 0.7 * this.#span));
        to = Math.max(fan, all[Math.min(all.length - 1, first + this.#span)].time);
      }
    }
    return [all[first].time - 0.5 * spacing, to + spacing];
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = null;
    const history = this.#history;
    if (history === null) {
      return;
    }
    const modes = this.#shownModes();
    for (const [mode, panel] of this.#panels) {
      if (!modes.includes(mode)) {
        panel.destroy();
        this.#panels.delete(mode);
      }
    }
    for (const mode of modes) {
      if (!this.#panels.has(mode)) {
        this.#panels.set(mode, new ModePanel(mode, {zoomed: zoom => this.#set({zoom})}));
      }
    }
    this.#place(modes);
    byId("panels").classList.toggle("two", modes.length > 1);
    this.#controls();
    const [from, to] = this.#range();
    const why = this.#error ?? history.why ?? this.#jobWhy;
    for (const mode of modes) {
      const step = Math.min(this.#step, Math.max(1, history.horizon(mode)));
      const alone = modes.length === 1;
      const panel = this.#panels.get(mode);
      panel.show({history, scrub: this.#scrub, step, from, to, why, alone, incidents: this.incidents.list});
      panel.age(this.#ahead === null ? null : this.#ahead + performance.now(), this.#started);
      panel.experts.show(history.modes.get(mode)?.score ?? null, alone ? "Who says so" : `Who says so, ${mode}`);
    }
    byId("chosen").classList.toggle("only-classes", history.modes.size === 0 && history.classes.windows.length > 0);
    this.#classes.show({history, from, to, over: byId("panels").querySelector(".u-over")});
    say(byId("series-why"), history.observations.length && history.modes.size ? this.#beyond ?? history.why ?? "" : "");
    byId("chosen").dataset.series = history.series;
    byId("experts").classList.toggle("two", modes.length > 1);
    byId("experts").hidden = history.observations.length === 0;
  }

  /** Puts the panels into the page in their order; those already there are not touched. */
  #place(modes) {
    const panels = modes.map(mode => this.#panels.get(mode));
    for (const [id, part] of [["panels", panel => panel.element], ["experts", panel => panel.experts.element]]) {
      const wanted = panels.map(part);
      if (wanted.some((node, i) => byId(id).children[i] !== node)) {
        byId(id).replaceChildren(...wanted);
      }
    }
  }

  #controls() {
    const history = this.#history;
    byId("controls").hidden = byId("actions").hidden = history.observations.length === 0;
    this.#modeButtons();
    for (const button of byId("span-group").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", this.#zoom === null && Number(button.dataset.span) === this.#span);
    }
    const horizon = Math.max(1, ...this.#shownModes().map(mode => (mode === null ? 0 : history.horizon(mode))));
    const steps = Array.from({length: horizon}, (_, i) => i + 1)
      .filter(step => step <= STEPS_LISTED || step === horizon || step % 24 === 0);
    const select = byId("step");
    if (select.options.length !== steps.length || Number(select.options[steps.length - 1].value) !== horizon) {
      select.replaceChildren(...steps.map(step => element("option", {value: step}, step === 1 ? "1 step before" : `${step} steps before`)));
      this.#step = Math.min(this.#step, horizon);
    }
    select.value = String(this.#step);
    this.#origins = history.origins();
    const slider = byId("origin");
    const last = Math.max(0, this.#origins.length - 1);
    slider.max = String(last);
    slider.value = String(this.#scrub === null ? last : lowerBound(this.#origins, this.#scrub));
    const at = this.#scrub ?? this.#origins[last] ?? null;
    const text = at === null ? "" : `${time(at)} UTC${local(at)}${this.#scrub === null ? " (newest)" : ""}`;
    say(byId("origin-time"), text);
    slider.setAttribute("aria-valuetext", text);
    byId("scrubber").hidden = this.#origins.length < 2;
    byId("newest").disabled = this.#scrub === null;
    byId("earlier").hidden = !this.#hasEarlier();
    this.#buttons();
  }

  #buttons() {
    byId("zoom-reset").disabled = this.#zoom === null;
    byId("pause").setAttribute("aria-pressed", this.#paused);
    say(byId("pause"), this.#paused ? `Resume${this.#waiting ? ` (${this.#waiting} new)` : ""}` : "Pause");
  }

  #modeButtons() {
    const choices = this.#choices();
    const group = byId("mode-group");
    group.hidden = choices.length < 2;
    if (group.dataset.choices !== choices.join()) {
      group.dataset.choices = choices.join();
      group.replaceChildren(...choices.map(mode => {
        const button = element("button", {type: "button", "data-choice": mode}, mode === BOTH ? "Side by side" : mode);
        button.addEventListener("click", () => this.#chooseMode(mode));
        return button;
      }));
    }
    for (const button of group.children) {
      button.setAttribute("aria-pressed", button.dataset.choice === this.#shownMode());
    }
  }
}
