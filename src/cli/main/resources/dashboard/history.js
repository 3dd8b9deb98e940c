// All that the page knows of one series: grows with what the server tells, and forgets the oldest.

const MOST = 5000;

/** Index of the first entry of a sorted array that is not below value. */
export function lowerBound(sorted, value, of = entry => entry) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(sorted[middle]) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Puts entries into a sorted array; one with the same key takes the place of the old one, if it is newer. */
function mergeInto(sorted, entries, key, newer) {
  for (const entry of entries) {
    const at = lowerBound(sorted, key(entry), key);
    const known = at < sorted.length && key(sorted[at]) === key(entry);
    if (!known || newer) {
      sorted.splice(at, known ? 1 : 0, entry);
    }
  }
  if (sorted.length > MOST) {
    sorted.splice(0, sorted.length - MOST);
  }
}

/** A forecast with its narrowest interval and the widest of several, null without one: {level, lower, upper}. */
function forecastOf({times, steps: {value, mean, intervals}, model, model_version: version, ...more}) {
  return {...more, value, mean, time: times ?? value.map(() => null), model: model === "" ? null : model, version: version < 0 ? null : version,
    narrow: intervals[0] ?? null, wide: intervals.length > 1 ? intervals.at(-1) : null};
}

export class History {
  observations = []; // {time, value}, oldest first
  modes = new Map(); // mode -> {forecasts, score}
  classes = {windows: [], latest: null}; // windows: {start, end, label, probability, truth}, oldest first
  limits = []; // of the job file: {limit, direction}
  cut = false; // whether there were older values
  #sequence = -1; // of what was told last, as the server counts; none yet

  constructor(series) {
    this.series = series;
  }

  /**
   * Takes what the server told, all or only the news; telling it twice changes nothing. An answer may come after news
   * that the server told later: it adds what is not known, and takes no correction back.
   */
  merge({sequence, observations: {time, value}, modes, classes, limits, cut}) {
    const newer = sequence >= this.#sequence;
    this.#sequence = Math.max(this.#sequence, sequence);
    mergeInto(this.observations, time.map((at, i) => ({time: at, value: value[i]})), entry => entry.time, newer);
    for (const [mode, {forecasts, score}] of Object.entries(modes)) {
      if (!this.modes.has(mode)) {
        this.modes.set(mode, {forecasts: [], score: null});
      }
      const known = this.modes.get(mode);
      mergeInto(known.forecasts, forecasts.map(forecastOf), forecast => forecast.origin, newer);
      if (score !== null && (known.score === null || score.time >= known.score.time)) {
        known.score = score;
      }
    }
    if (classes) {
      const {start, end, label, probability, truth, latest} = classes;
      const windows = end.map((at, i) => ({start: start[i], end: at, label: label[i], probability: probability[i], truth: truth[i]}));
      mergeInto(this.classes.windows, windows, one => one.end, newer);
      this.classes.latest = newer ? latest : this.classes.latest ?? latest;
    }
    this.limits = limits ?? this.limits;
    this.cut ||= cut;
  }

  /** What of it is missing, as a sentence; null for nothing. */
  get why() {
    return this.modes.size === 0 && this.classes.windows.length === 0
      ? this.#sequence < 0 ? null
        : this.observations.length === 0 ? "No history of this series was kept; its next value will show here."
          : "No forecast of this series yet: the first ones become visible with the job’s next checkpoint."
      : this.cut ? "Older values are on the topic only." : null;
  }

  /** Many-to-one before many-to-many. */
  modeNames() {
    return [...this.modes.keys()].sort().reverse();
  }

  /** The forecast that was the newest one at a time; the newest of all for null. */
  forecastAt(mode, time) {
    const forecasts = this.modes.get(mode)?.forecasts ?? [];
    const after = time === null ? forecasts.length : lowerBound(forecasts, time + 1, forecast => forecast.origin);
    return forecasts[after - 1] ?? null;
  }

  origins(mode) {
    return (this.modes.get(mode)?.forecasts ?? []).map(forecast => forecast.origin);
  }

  valueAt(time) {
    const at = lowerBound(this.observations, time, entry => entry.time);
    return this.observations[at]?.time === time ? this.observations[at].value : null;
  }

  /** Steps ahead that there are. */
  horizon(mode) {
    return this.forecastAt(mode, null)?.value.length ?? 0;
  }

  /** The usual distance of two observations, in milliseconds. */
  spacing() {
    const newest = this.observations.slice(-64);
    const gaps = newest.slice(1).map((entry, i) => entry.time - newest[i].time).sort((a, b) => a - b);
    return gaps.length ? gaps[gaps.length >> 1] : 60_000;
  }
}
