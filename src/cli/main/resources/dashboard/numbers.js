// How numbers, shares and times are written. Times are UTC, as everywhere in Weir.

const NBSP = "\u00a0";
export const NONE = "–";

const known = value => typeof value === "number" && Number.isFinite(value);

const formats = new Map();

function fixed(value, decimals) {
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat("en", {minimumFractionDigits: decimals, maximumFractionDigits: decimals}));
  }
  return formats.get(decimals).format(value).replace("-", "−");
}

/** A number by itself, in about four digits. */
export function number(value) {
  if (!known(value)) {
    return NONE;
  }
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e12 || size < 1e-4)) {
    return value.toExponential(3).replace("-", "−");
  }
  return fixed(value, size >= 1000 || Number.isInteger(value) ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

/** A writer for numbers of one kind, whose digits line up: as many decimals as the spread of them deserves. */
export function writer(low, high) {
  const spread = high - low || Math.abs(high) || 1;
  if (!Number.isFinite(spread) || Math.max(Math.abs(low), Math.abs(high)) >= 1e12 || spread < 1e-8) {
    return number;
  }
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(spread / 400))));
  return value => (known(value) ? fixed(value, decimals) : NONE);
}

/** A writer for multiples of a step: as many decimals as the step has. */
export function stepped(step) {
  const decimals = [0, 1, 2, 3, 4, 5, 6, 7, 8].find(digits => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6);
  return value => (decimals === undefined ? number(value) : fixed(value, decimals));
}

export const count = value => (known(value) ? fixed(value, 0) : NONE);

/** "1 value", "1,200 values", as the commands write it. */
export const counted = (value, noun) => `${count(value)} ${noun}${value === 1 || noun.endsWith("s") ? "" : "s"}`;

/** The same without needless zeros, for a number on its own. */
const shortFormat = new Intl.NumberFormat("en", {maximumSignificantDigits: 5});
export const short = value => (known(value) && (value === 0 || (Math.abs(value) < 1e5 && Math.abs(value) >= 1e-3))
  ? shortFormat.format(value).replace("-", "−") : number(value));

/** Few digits where there is little room: 1.2M. */
const compactFormat = new Intl.NumberFormat("en", {notation: "compact", maximumSignificantDigits: 3});
export const compact = value => (known(value) ? compactFormat.format(value).replace("-", "−") : NONE);

export const percent = (share, decimals = 0) => (known(share) ? fixed(100 * share, decimals) + NBSP + "%" : NONE);

/** An error over that of a baseline, in words: "52 % better". */
export function against(relative) {
  if (!known(relative)) {
    return NONE;
  }
  const points = Math.round(100 * (1 - relative));
  if (points === 0) {
    return "same";
  }
  return points > 0 ? `${points}${NBSP}% better` : relative >= 10
    ? `${compact(relative)}× its error` : `${-points}${NBSP}% worse`;
}

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000], ["ms", 1]];

/** In the two largest units that it has, as the commands write it: "5 h 40 min", "1.2 s". */
export function duration(ms) {
  if (!known(ms)) {
    return NONE;
  }
  const whole = Math.max(0, Math.round(ms));
  const at = whole === 0 ? 3 : UNITS.findIndex(([, length]) => whole >= length);
  const [[unit, length], [smaller, part] = []] = UNITS.slice(at);
  const rest = Math.floor((whole % length) / part);
  const first = Math.floor(whole / length);
  const tenth = unit === "s" && first < 10 ? Math.floor((whole % length) / 100) : 0;
  return `${first}${tenth ? `.${tenth}` : ""}${NBSP}${unit}` + (length > 1000 && rest ? `${NBSP}${rest}${NBSP}${smaller}` : "");
}

/** 2014-07-14 19:30, with seconds only where there are some. */
export function time(ms) {
  if (!known(ms) || Math.abs(ms) > 8.64e15) {
    return NONE;
  }
  const text = new Date(ms).toISOString().replace("T", " ").replace("Z", "");
  return ms % 1000 ? text : text.slice(0, ms % 60_000 ? -4 : -7);
}

const shift = ms => -60_000 * new Date(ms).getTimezoneOffset();

/** Whether the reader's clock is ever another one than UTC. */
export const hasLocalTime = [0, 6].some(month => shift(Date.UTC(new Date().getUTCFullYear(), month)) !== 0);

/** " (20:00 local)" for a time whose UTC is written before it; empty for a reader who lives by UTC. */
export const local = ms => (known(ms) && shift(ms) !== 0 ? ` (${clock(ms + shift(ms), ms)}${NBSP}local)` : "");

/** A time of this machine's clock, to the second. */
export const moment = ms => time(known(ms) ? ms - (ms % 1000) : null);

/** A time without its day, where that is clear. */
export const clock = (ms, day) => (time(day).slice(0, 10) === time(ms).slice(0, 10) ? time(ms).slice(11) : time(ms));

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Labels of a time axis: what changes, and the day below it where a new one begins. */
export function axisTimes(splits, increment, isLocal = false) {
  let day = null;
  return splits.map(ms => {
    const date = new Date(isLocal ? ms + shift(ms) : ms);
    const thisDay = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    const year = String(date.getUTCFullYear());
    if (increment >= 86_400_000 && !isLocal) { // elsewhere a day of UTC begins within a day
      const first = day === null || !day.endsWith(year);
      day = year;
      return increment >= 31_536_000_000 ? year : first ? `${thisDay}\n${year}` : thisDay;
    }
    const at = date.toISOString().slice(11, increment >= 60_000 ? 16 : increment >= 1000 ? 19 : 23);
    const text = day === thisDay ? at : `${at}\n${thisDay}${day === null ? " " + year : ""}`;
    day = thisDay;
    return text;
  });
}
