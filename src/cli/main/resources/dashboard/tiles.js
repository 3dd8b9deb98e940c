// The whole job in a strip of tiles, each with a line that says what it means.

import {byId, element, say} from "./element.js";
import {against, compact, duration, NONE, percent, time} from "./numbers.js";
import {STATUS_WORDS} from "./list.js";

const STATE_WORDS = {LIVE: "Live", WAITING: "Waiting"};

const better = skill => against(skill === null || skill === undefined ? null : 1 - skill);

const isIdle = job => job.state === "LIVE" && job.rates.observations_per_second === 0;

/** name: {label, tip, show(job, connected) -> {value, more, tone, data}} */
const TILES = {
  state: {
    label: "State",
    tip: "Live: records and forecasts arrive. Idle: no record came in the last ten seconds. Waiting: something is missing, said below. Reconnecting: this page lost its server and tries again by itself.",
    show: (job, connected) => connected && isIdle(job)
      ? {value: "Idle", more: `no record for ${duration(job.now - job.last_record)}`, data: job.state}
      : connected ? {value: STATE_WORDS[job.state] ?? job.state, tone: job.state === "LIVE" ? "good" : "warn",
        more: job.now - job.since < 1000 ? "just now" : `for ${duration(job.now - job.since)}`, data: job.state}
      : {value: "Reconnecting", tone: "bad", more: `news until ${time(job.now).slice(11, 19)} UTC`, data: "RECONNECTING"},
  },
  records: {
    label: "Records",
    tip: "Observations that arrive each second, and all that were read since the server started.",
    show: ({rates, observations}) => ({value: `${compact(rates.observations_per_second)}/s`,
      more: `${compact(observations)} so far`, data: observations}),
  },
  latency: {
    label: "Delay",
    tip: "From when this page’s server can read an observation until it can read the forecast of it, over the last 30 s and once the job forecasts: half of them are faster than the large figure, 99 of 100 faster than the small one. With exactly-once delivery most of it is the checkpoint interval.",
    show: ({latency_ms: {p50, p99}, forecasts}) => ({value: duration(p50), data: p50,
      more: p99 !== null ? `99 % within ${duration(p99)}` : forecasts === 0 ? "no forecast yet" : "no new one in 30 s"}),
  },
  skill: {
    label: "Against last season",
    tip: "The forecasts’ error relative to that of repeating what was one season ago (and, small, of repeating the last value): geometric mean over the series that were scored on at least 200 values. New series, with fewer, have a figure of their own.",
    show: ({skill: learned, new_skill: newborn}) => {
      const skill = learned.series === 0 ? newborn : learned;
      return {value: better(skill.seasonal_naive ?? skill.naive), data: skill.seasonal_naive,
        more: skill.series === 0 ? "no score yet" : skill === newborn ? `${compact(newborn.series)} new series`
          : newborn.series > 0 ? `${compact(newborn.series)} new: ${better(newborn.seasonal_naive ?? newborn.naive)}`
          : skill.seasonal_naive === null ? "than the last value" : `last value: ${better(skill.naive)}`,
        tone: skill === learned && (skill.seasonal_naive ?? skill.naive) < 0 ? "bad" : null};
    },
  },
  coverage: {
    label: "Interval held",
    tip: "Share of the truth that fell into the forecast interval. It should be close to what the interval promises: above it is too wide, below it too sure of itself.",
    show: ({coverage: {level, held}, forecasts}) => ({value: percent(held, 1), data: held,
      more: level !== null ? `promised ${percent(level)}` : forecasts === 0 ? "no score yet" : "no intervals",
      tone: held !== null && level !== null && held < level - 0.1 ? "warn" : null}),
  },
  series: {
    label: "Series",
    tip: "How many series there are, by the status of their newest forecast. Warm-up: too few values yet. Fallback: nothing to forecast with, so the last value is repeated.",
    show: ({series, status}) => ({value: compact(series), data: series,
      more: ["WARMUP", "FALLBACK"].filter(name => status[name])
        .map(name => `${compact(status[name])} ${STATUS_WORDS[name]}`).join(", ") || (status.OK ? "all OK" : series ? "no forecast yet" : "none yet"),
      tone: status.FALLBACK ? "warn" : null}),
  },
  alarms: {
    label: "Open incidents",
    tip: "Incidents that the job has opened and not closed, by their severity. They are listed under Alarms, with the past ones.",
    show: ({incidents: {open, by_severity: by, closed, dropped}}) => ({value: compact(open) + (dropped > 0 ? "+" : ""), data: open,
      more: ["high", "medium", "low"].filter(name => by[name]).map(name => `${compact(by[name])} ${name}`).join(", ")
        || (closed ? `${compact(closed)} closed` : "none so far"),
      tone: by.high ? "bad" : open ? "warn" : null}),
  },
  letters: {
    label: "Dead letters",
    tip: "Records that could not be used. They are kept with their bytes and the reason, under Job.",
    show: ({dead_letters: letters, dead_letters_by_reason: reasons}) => ({value: compact(letters), data: letters,
      tone: letters ? "warn" : null,
      more: letters ? reasons.map(one => one.reason).slice(0, 2).join(", ") + (reasons.length > 2 ? " …" : "") : "all could be used"}),
  },
};

const made = {};

/** Makes the tiles; actions: what is called for a tile that somebody chose, by its name. */
export function startTiles(actions) {
  for (const [name, {label, tip}] of Object.entries(TILES)) {
    const value = element("span", {class: "tile-value"}, NONE);
    const more = element("span", {class: "tile-more"}, "\u00a0");
    const button = element("button", {type: "button", class: "tile", "data-tile": name, "aria-describedby": `tip-${name}`},
      element("span", {class: "tile-label"}, label), value, more);
    const item = element("li", {}, button, element("span", {role: "tooltip", id: `tip-${name}`, class: "tip"}, tip));
    button.addEventListener("keydown", event => event.key === "Escape" && button.blur());
    if (actions[name]) {
      button.addEventListener("click", actions[name]);
    }
    item.hidden = name === "alarms"; // until the job has them
    byId("tiles").append(item);
    made[name] = {item, button, value, more};
  }
}

export function showTiles(job, connected) {
  byId("tiles").classList.toggle("old", !connected);
  byId("tiles").classList.toggle("with-alarms", job.incidents !== null);
  made.alarms.item.hidden = job.incidents === null;
  for (const [name, tile] of Object.entries(TILES)) {
    if (made[name].item.hidden) {
      continue;
    }
    const {button, value, more} = made[name];
    const shown = tile.show(job, connected);
    say(value, shown.value);
    say(more, shown.more);
    button.dataset.value = shown.data ?? "";
    button.dataset.tone = shown.tone ?? "";
  }
}
