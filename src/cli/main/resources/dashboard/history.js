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

export class History {
  observations = []; // {time, value}, oldest first
  modes = new Map(); // mode -> {level, wideLevel, forecasts, score}
  swaps = []; // {time, mode, model, version}
  classes = {windows: [], latest: null}; // windows: {start, end, label, probability, truth}, oldest first
  limits = []; // of the job file: {limit, direction}
  oldest = null;
  why = null;
  #sequence = 0; // of what was told last, as the server counts

  constructor(series) {
    this.series = series;
  }

  /**
   * Takes what the server told, all or only the news; telling it twice changes nothing. An answer may come after news
   * that the server told later: it adds what is not known, and takes no correction back.
   */
  merge(told) {
    const newer = (told.sequence ?? 0) >= this.#sequence;
    this.#sequence = Math.max(this.#sequence, told.sequence ?? 0);
    const {time, value} = told.observations ?? {time: [], value: []};
    mergeInto(this.observations, time.map((at, i) => ({time: at, value: value[i]})), entry => entry.time, newer);
    for (const [mode, news] of Object.entries(told.modes ?? {})) {
      if (!this.modes.has(mode)) {
        this.modes.set(mode, {level: null, wideLevel: null, forecasts: [], score: null});
      }
      const known = this.modes.get(mode);
      known.level = news.level ?? known.level;
      known.wideLevel = news.wide_level ?? known.wideLevel;
      const issued = (news.forecasts ?? []).map(forecast => ({...forecast, time: forecast.time ?? forecast.value.map(() => null)}));
      mergeInto(known.forecasts, issued, forecast => forecast.origin, newer);
      if (news.score && (known.score === null || news.score.time >= known.score.time)) {
        known.score = news.score;
      }
    }
    for (const swap of told.swaps ?? []) {
      if (!this.swaps.some(other => other.time === swap.time && other.mode === swap.mode && other.version === swap.version)) {
        this.swaps.push(swap);
      }
    }
    this.swaps.sort((a, b) => a.time - b.time);
    this.swaps.splice(0, Math.max(0, this.swaps.length - MOST));
    if (told.classes) {
      const {start, end, label, probability, truth, latest} = told.classes;
      const windows = end.map((at, i) => ({start: start[i], end: at, label: label[i], probability: probability[i], truth: truth[i]}));
      mergeInto(this.classes.windows, windows, one => one.end, newer);
      this.classes.latest = newer ? latest : this.classes.latest ?? latest;
    }
    this.limits = told.limits ?? this.limits;
    if (newer) {
      this.oldest = told.oldest ?? this.oldest;
      this.why = told.why === undefined ? this.why : told.why;
    }
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

  /** Origins of all modes, oldest first. */
  origins() {
    const all = new Set();
    this.modes.forEach(mode => mode.forecasts.forEach(forecast => all.add(forecast.origin)));
    return [...all].sort((a, b) => a - b);
  }

  valueAt(time) {
    const at = lowerBound(this.observations, time, entry => entry.time);
    return this.observations[at]?.time === time ? this.observations[at].value : null;
  }

  /** Steps ahead that there are at most. */
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
