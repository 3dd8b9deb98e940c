// Turns a series' history into the columns of a chart: one axis of times, and a column for each line.

/** A missing observation is a gap in the line once it is this many spacings wide. */
const GAP = 2.5;

/**
 * What a chart of one mode shows.
 *   actual      what came, up to the origin of the chosen forecast
 *   later       what came after it
 *   said        what had been forecast of each time, `step` steps before (1 = the value after the origin)
 *   low, high   the interval of that; lowest, highest: the wide one
 *   fan…        the chosen forecast as it was issued, opening from the value that it starts at
 *   within, beyond  residuals (actual - said), apart by whether the interval held
 * Unknown cells are undefined (the line goes on over them); null is a gap in the data.
 */
export function plotOf(history, mode, chosen, step) {
  const forecasts = history.modes.get(mode)?.forecasts ?? [];
  const rows = new Map();
  const row = time => rows.get(time) ?? rows.set(time, {time}).get(time);
  const gap = GAP * history.spacing();
  let before = null;
  for (const {time, value} of history.observations) {
    if (before !== null && time - before > gap) {
      row((time + before) / 2).actual = null;
    }
    row(time).actual = value;
    before = time;
  }
  const end = before ?? 0;
  for (const forecast of forecasts) {
    const time = forecast.time[step - 1];
    const said = forecast.value[step - 1] ?? null;
    if (time === null || time === undefined || time > end || said === null) {
      continue; // not known when it is due, or it has not come yet: the fan's matter
    }
    const [n, {narrow, wide}] = [step - 1, forecast];
    const at = Object.assign(row(time), {said, low: narrow?.lower[n], high: narrow?.upper[n], lowest: wide?.lower[n], highest: wide?.upper[n]});
    if (typeof at.actual === "number") {
      at.residual = at.actual - at.said;
      at.held = at.low === undefined || (at.actual >= at.low && at.actual <= at.high);
    }
  }
  if (chosen) {
    const from = history.valueAt(chosen.origin);
    if (from !== null) {
      Object.assign(row(chosen.origin), {fan: from, fanLow: from, fanHigh: from, fanLowest: from, fanHighest: from});
    }
    chosen.time.forEach((time, i) => {
      if (time !== null) {
        Object.assign(row(time), {
          fan: chosen.value[i], fanLow: chosen.narrow?.lower[i], fanHigh: chosen.narrow?.upper[i],
          fanLowest: chosen.wide?.lower[i], fanHighest: chosen.wide?.upper[i]});
      }
    });
  }
  const sorted = [...rows.values()].sort((a, b) => a.time - b.time);
  const column = of => sorted.map(of);
  const origin = chosen?.origin ?? Infinity;
  return {
    rows: sorted,
    main: [column(at => at.time), column(at => (at.time <= origin ? at.actual : undefined)), column(at => at.said), column(at => at.low),
      column(at => at.high), column(at => at.fan), column(at => at.fanLow), column(at => at.fanHigh),
      column(at => (at.time >= origin ? at.actual : undefined)),
      column(at => at.lowest), column(at => at.highest), column(at => at.fanLowest), column(at => at.fanHighest)],
    residuals: [column(at => at.time), column(at => (at.held ? at.residual : undefined)),
      column(at => (at.held === false ? at.residual : undefined))],
  };
}

/** At least so many values on each side, and this share of them, may be outliers. */
const FEW = 2;
const SHARE = 0.05;
const LEAST = 12; // of fewer nobody can say which are usual
const FAR = 2; // spreads of the others

/** The range of numbers without those few that lie so far out that they would flatten the others. */
export function usualRange(numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  const few = Math.max(FEW, Math.floor(SHARE * sorted.length));
  const low = sorted[few];
  const high = sorted[sorted.length - 1 - few];
  if (sorted.length < LEAST || low === high) {
    return [sorted[0], sorted[sorted.length - 1]];
  }
  const far = FAR * (high - low);
  return [sorted.find(value => value >= low - far), sorted.findLast(value => value <= high + far)];
}

const within = (rows, from, to) => rows.filter(at => at.time >= from && at.time <= to);
const linesOf = at => [at.actual, at.said, at.fan].filter(value => typeof value === "number");

const LOWER = ["low", "fanLow", "lowest", "fanLowest"];
const UPPER = ["high", "fanHigh", "highest", "fanHighest"];
const ROOM = 1.5; // spreads of the lines, on each side

/**
 * The range of values that is worth showing between two times: the lines but for outliers, and as much of the intervals
 * as leaves the lines readable, since an interval of a new series may be arbitrarily wide. A limit is shown if that at
 * most doubles the range.
 */
export function valueRange(rows, from, to, limits = []) {
  const shown = within(rows, from, to);
  let [low, high] = usualRange(shown.flatMap(linesOf));
  if (low === undefined) {
    return [0, 1];
  }
  const spread = high - low || Math.abs(high) / 2 || 1;
  const [bottom, top] = [low, high];
  for (const at of shown) {
    low = Math.min(low, ...LOWER.map(name => Math.max(at[name] ?? Infinity, bottom - ROOM * spread)));
    high = Math.max(high, ...UPPER.map(name => Math.min(at[name] ?? -Infinity, top + ROOM * spread)));
  }
  const far = high - low || spread;
  const near = limits.map(({limit}) => limit).filter(limit => limit > low - far && limit < high + far);
  [low, high] = [Math.min(low, ...near), Math.max(high, ...near)];
  const margin = 0.06 * (high - low || spread);
  return [low - margin, high + margin];
}

/** Even above and below zero, so that a bias shows. */
export function residualRange(rows, from, to) {
  const range = usualRange(within(rows, from, to).map(at => at.residual).filter(value => value !== undefined));
  const most = Math.max(...range.map(value => Math.abs(value ?? 0)));
  return most ? [-1.08 * most, 1.08 * most] : [-1, 1];
}

/** How many values of the lines between two times are outside the range. */
export const clippedIn = (rows, from, to, [low, high]) =>
  within(rows, from, to).flatMap(linesOf).filter(value => value < low || value > high).length;
