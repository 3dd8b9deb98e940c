// Turns a series' history into the columns of a chart: one axis of times, and a column for each line.

/** A missing observation is a gap in the line once it is this many spacings wide. */
const GAP = 2.5;

/**
 * What a chart of one mode shows.
 *   actual      what came, up to the origin of the chosen forecast
 *   later       what came after it
 *   said        what had been forecast of each time, `step` steps before (1 = the value after the origin)
 *   low, high   the interval of that
 *   fan…        the chosen forecast as it was issued, opening from the value that it starts at
 *   within, beyond  residuals (actual - said), apart by whether the interval held
 * Unknown cells are undefined (the line goes on over them); null is a gap in the data.
 */
export function plotOf(history, mode, chosen, step) {
  const forecasts = history.modes.get(mode)?.forecasts ?? [];
  const rows = new Map();
  const row = time => {
    let found = rows.get(time);
    if (!found) {
      rows.set(time, found = {time});
    }
    return found;
  };
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
    const at = row(time);
    at.said = said;
    at.low = forecast.lower?.[step - 1] ?? undefined;
    at.high = forecast.upper?.[step - 1] ?? undefined;
    if (typeof at.actual === "number") {
      at.residual = at.actual - at.said;
      at.held = at.low === undefined || (at.actual >= at.low && at.actual <= at.high);
    }
  }
  if (chosen) {
    const from = history.valueAt(chosen.origin);
    if (from !== null) {
      Object.assign(row(chosen.origin), {fan: from, fanLow: from, fanHigh: from});
    }
    chosen.time.forEach((time, i) => {
      if (time !== null) {
        Object.assign(row(time), {
          fan: chosen.value[i], fanLow: chosen.lower?.[i] ?? undefined, fanHigh: chosen.upper?.[i] ?? undefined});
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
      column(at => (at.time >= origin ? at.actual : undefined))],
    residuals: [column(at => at.time), column(at => (at.held ? at.residual : undefined)),
      column(at => (at.held === false ? at.residual : undefined))],
  };
}

/**
 * The range of values that is worth showing between two times: all lines, and as much of the intervals as leaves the
 * lines readable, since an interval of a series that has hardly begun may be wide without bound.
 */
export function valueRange(rows, from, to) {
  let low = Infinity;
  let high = -Infinity;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const at of rows) {
    if (at.time < from || at.time > to) {
      continue;
    }
    for (const value of [at.actual, at.said, at.fan]) {
      if (typeof value === "number") {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    lowest = Math.min(lowest, at.low ?? Infinity, at.fanLow ?? Infinity);
    highest = Math.max(highest, at.high ?? -Infinity, at.fanHigh ?? -Infinity);
  }
  if (low > high) {
    return [0, 1];
  }
  const more = high - low || Math.abs(high) / 2 || 1;
  low = Math.max(Math.min(low, lowest), low - more);
  high = Math.min(Math.max(high, highest), high + more);
  const margin = 0.06 * (high - low || more);
  return [low - margin, high + margin];
}
