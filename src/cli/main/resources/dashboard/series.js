// The chosen series: what of it is shown, and going back through what was forecast.

import {ClassPanel} from "./classes.js";
import {ask} from "./feed.js";
import {byId, element, printable, say} from "./element.js";
import {History, lowerBound} from "./history.js";
import {SeriesIncidents} from "./incidents.js";
import {counted, local, time} from "./numbers.js";
import {ForecastPanel} from "./panel.js";
import {ScoresPanel} from "./scores.js";
import {onTheme} from "./theme.js";

const SPANS = [[48, "48"], [96, "96"], [240, "240"], [Infinity, "All"]];
const STEPS_LISTED = 24;
const AROUND = 40; // values shown before and after a place

export class SeriesView {
  #history = null;
  #mode = null; // as asked for; null: the first one there is
  #view = {span: matchMedia("(max-width: 700px)").matches ? 48 : 96, step: 1,
    scrub: null, // an origin; null: the newest
    zoom: null}; // [from, to]; null: the newest values
  #paused = false;
  #waiting = 0; // values that came while paused
  #frame = null;
  #question = null;
  #error = null;
  #jobWhy = null;
  #modeChanged;
  #origins = [];
  #panel = new ForecastPanel(zoom => this.#set({zoom}));
  #scores = new ScoresPanel();
  #classes = new ClassPanel();
  #target = null; // a time that is shown once its values are there
  #beyond = null; // a sentence, if they are not kept
  #incidents = new SeriesIncidents(() => this.#later());

  /** modeChanged(mode) is called when a person chose another one */
  constructor(modeChanged) {
    this.#modeChanged = modeChanged;
    byId("classes").append(this.#classes.element);
    byId("panel").append(this.#panel.element);
    byId("scores").append(this.#scores.element);
    byId("span-group").append(element("span", {class: "group-name"}, "Values"), ...SPANS.map(([span, label]) => {
      const button = element("button", {type: "button", "data-span": span}, label);
      button.addEventListener("click", () => this.#set({span, zoom: null}));
      return button;
    }));
    byId("step").addEventListener("change", event => this.#set({step: Number(event.target.value)}));
    byId("zoom-reset").addEventListener("click", () => this.zoomOut());
    byId("pause").addEventListener("click", () => this.pause());
    byId("newest").addEventListener("click", () => this.scrubTo(null));
    byId("origin").addEventListener("input", event => {
      const at = Number(event.target.value);
      this.scrubTo(at >= this.#origins.length - 1 ? null : this.#origins[at]);
    });
    onTheme(() => this.#panel.repaint());
  }

  get series() {
    return this.#history?.series ?? null;
  }

  /** Shows a series; forgets the one before. */
  open(series, mode) {
    this.#question?.abort();
    this.#history = new History(series);
    this.#mode = mode;
    this.#error = this.#view.scrub = this.#view.zoom = this.#target = this.#beyond = null;
    this.#incidents.list = [];
    if (this.#paused) {
      this.pause();
    }
    say(byId("series-name").firstElementChild, byId("series-name").title = printable(series));
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
    const told = await ask("api/series/history", {series: history.series}, question.signal).catch(error => error);
    if (history !== this.#history || question.signal.aborted) {
      return null;
    }
    const failed = told instanceof Error;
    this.#error = !failed || !told.status ? null : told.status === 404
      ? "The server knows no series of this name. Choose one from the list, or wait until its first value comes." : told.message;
    if (!failed) {
      history.merge(told);
      this.#reach();
    }
    this.#later();
    return failed ? (told.status === 404 ? false : null) : true;
  }

  /** Shows what was around a time, as soon as its values are there. */
  goTo(time) {
    this.#target = time;
    this.#beyond = null;
    this.#reach();
  }

  #reach() {
    const [history, at] = [this.#history, this.#target];
    if (at === null || history.observations.length === 0) {
      return; // when it is loaded
    }
    const margin = AROUND * history.spacing();
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
    this.#waiting += told.observations.time.length;
    this.#later();
  }

  /** What the job says is missing, for a series without values. */
  jobWhy(why) {
    if (this.#jobWhy !== why) {
      this.#jobWhy = why;
      this.#later();
    }
  }

  /** To be called often; version: of the job's incidents. */
  followIncidents(version) {
    if (this.series !== null) {
      this.#incidents.follow(this.series, version);
    }
  }

  /** What time it is for the server, which began to read at another. */
  tick(now, started) {
    this.#panel.tick(now, started);
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
    const last = this.#origins.length - 1;
    if (last >= 0) {
      const to = Math.max(0, (this.#view.scrub === null ? last : lowerBound(this.#origins, this.#view.scrub)) + steps);
      this.scrubTo(to >= last ? null : this.#origins[to]);
    }
  }

  zoomOut() {
    this.#set({zoom: null});
  }

  /** Closer (below 1) or wider, about the chosen origin. */
  zoomBy(factor) {
    const [from, to] = this.#range();
    const centre = this.#view.scrub ?? to;
    this.#set({zoom: [centre - (centre - from) * factor, centre + (to - centre) * factor]});
  }

  nextMode() {
    const modes = this.#history?.modeNames() ?? [];
    if (modes.length > 1) {
      this.#chooseMode(modes[(modes.indexOf(this.#shownMode()) + 1) % modes.length]);
    }
  }

  #set(changes) {
    Object.assign(this.#view, changes);
    this.#draw();
  }

  #chooseMode(mode) {
    this.#mode = mode;
    this.#modeChanged(mode);
    this.#draw();
  }

  #shownMode() {
    const modes = this.#history.modeNames();
    return modes.includes(this.#mode) ? this.#mode : modes[0] ?? null;
  }

  /** Draws with the next frame, once for all that came until then. */
  #later() {
    if (this.#paused) {
      this.#buttons();
      return;
    }
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #range() {
    if (this.#view.zoom) {
      return this.#view.zoom;
    }
    const history = this.#history;
    const all = history.observations;
    if (all.length === 0) {
      return [Date.now() - 3_600_000, Date.now()];
    }
    const spacing = history.spacing();
    const fan = history.forecastAt(this.#shownMode(), this.#view.scrub)?.time.findLast(at => at !== null) ?? -Infinity;
    let first = Math.max(0, all.length - this.#view.span);
    let to = Math.max(all.at(-1).time, fan);
    if (this.#view.scrub !== null && Number.isFinite(this.#view.span)) {
      const at = lowerBound(all, this.#view.scrub, entry => entry.time);
      if (at - first < 0.25 * this.#view.span) {
        first = Math.max(0, Math.round(at - 0.7 * this.#view.span));
        to = Math.max(fan, all[Math.min(all.length - 1, first + this.#view.span)].time);
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
    const mode = this.#shownMode();
    const step = Math.min(this.#view.step, Math.max(1, history.horizon(mode)));
    const [from, to] = this.#range();
    this.#controls(mode);
    this.#panel.show({history, mode, scrub: this.#view.scrub, step, from, to, incidents: this.#incidents.list,
      why: this.#error ?? this.#jobWhy ?? history.why});
    this.#scores.show(history.modes.get(mode)?.score ?? null);
    byId("chosen").classList.toggle("only-classes", mode === null && history.classes.windows.length > 0);
    byId("scores").hidden = history.observations.length === 0 || mode === null;
    this.#classes.show({history, from, to, over: byId("panel").querySelector(".u-over")});
    say(byId("series-why"), history.observations.length && mode !== null ? this.#beyond ?? history.why ?? "" : "");
    byId("chosen").dataset.series = history.series;
  }

  #controls(mode) {
    const history = this.#history;
    byId("controls").hidden = byId("actions").hidden = history.observations.length === 0;
    this.#modeButtons(mode);
    for (const button of byId("span-group").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", this.#view.zoom === null && Number(button.dataset.span) === this.#view.span);
    }
    const horizon = Math.max(1, history.horizon(mode));
    const steps = Array.from({length: horizon}, (_, i) => i + 1)
      .filter(step => step <= STEPS_LISTED || step === horizon || step % 24 === 0);
    const select = byId("step");
    if (select.options.length !== steps.length || Number(select.options[steps.length - 1].value) !== horizon) {
      select.replaceChildren(...steps.map(step => element("option", {value: step}, `${counted(step, "step")} before`)));
      this.#view.step = Math.min(this.#view.step, horizon);
    }
    select.value = String(this.#view.step);
    this.#origins = history.origins(mode);
    const slider = byId("origin");
    const last = Math.max(0, this.#origins.length - 1);
    slider.max = String(last);
    slider.value = String(this.#view.scrub === null ? last : lowerBound(this.#origins, this.#view.scrub));
    const at = this.#view.scrub ?? this.#origins[last] ?? null;
    const text = at === null ? "" : `${time(at)} UTC${local(at)}${this.#view.scrub === null ? " (newest)" : ""}`;
    say(byId("origin-time"), text);
    slider.setAttribute("aria-valuetext", text);
    byId("scrubber").hidden = this.#origins.length < 2;
    byId("newest").disabled = this.#view.scrub === null;
    this.#buttons();
  }

  #buttons() {
    byId("zoom-reset").disabled = this.#view.zoom === null;
    byId("pause").setAttribute("aria-pressed", this.#paused);
    say(byId("pause"), this.#paused ? `Resume${this.#waiting ? ` (${this.#waiting} new)` : ""}` : "Pause");
  }

  #modeButtons(shown) {
    const modes = this.#history.modeNames();
    const group = byId("mode-group");
    group.hidden = modes.length < 2;
    if (group.dataset.choices !== modes.join()) {
      group.dataset.choices = modes.join();
      group.replaceChildren(...modes.map(mode => {
        const button = element("button", {type: "button", "data-choice": mode}, mode);
        button.addEventListener("click", () => this.#chooseMode(mode));
        return button;
      }));
    }
    for (const button of group.children) {
      button.setAttribute("aria-pressed", button.dataset.choice === shown);
    }
  }
}
