// What a chart shows, as a file of the reader's own.

import {colour} from "./theme.js";

const PIXELS_BESIDE = 16;
const LINE_PIXELS = 22;

/** A line for each time between two that has a value or a forecast. Levels are null where there is no interval. */
export function csvOf({rows, origin, from, to, level, wideLevel}) {
  const percent = share => Number((100 * share).toPrecision(6));
  const ends = (prefix, low, high, share) => (share === null ? []
    : [[`${prefix}_lower_${percent(share)}`, low], [`${prefix}_upper_${percent(share)}`, high]]);
  const columns = [["actual", "actual"], ["said_before", "said"], ...ends("said_before", "low", "high", level),
    ...ends("said_before", "lowest", "highest", wideLevel), ["error", "residual"]];
  const next = [["forecast", "fan"], ...ends("forecast", "fanLow", "fanHigh", level), ...ends("forecast", "fanLowest", "fanHighest", wideLevel)];
  const lines = rows
    .filter(row => row.time >= from && row.time <= to && [row.actual, row.said, row.fan].some(value => typeof value === "number"))
    .map(row => [new Date(row.time).toISOString(), ...columns.map(([, key]) => row[key] ?? ""),
      ...next.map(([, key]) => (row.time > origin ? row[key] ?? "" : ""))]);
  return [["time", ...[...columns, ...next].map(([name]) => name)], ...lines].map(line => line.join(",") + "\n").join("");
}

/** The canvases below each other, under lines of text, as a PNG. */
export function pngOf(canvases, texts) {
  const pixel = devicePixelRatio;
  const beside = PIXELS_BESIDE * pixel;
  const line = LINE_PIXELS * pixel;
  const made = document.createElement("canvas");
  made.width = Math.max(...canvases.map(canvas => canvas.width)) + 2 * beside;
  made.height = canvases.reduce((sum, canvas) => sum + canvas.height, texts.length * line + 2 * beside);
  const ctx = made.getContext("2d");
  ctx.fillStyle = colour("surface");
  ctx.fillRect(0, 0, made.width, made.height);
  ctx.fillStyle = colour("ink");
  ctx.textBaseline = "top";
  texts.forEach((text, i) => {
    ctx.font = `${i === 0 ? "600 " : ""}${13 * pixel}px Inter, system-ui, sans-serif`;
    ctx.fillText(text, beside, beside + i * line, made.width - 2 * beside);
  });
  let top = beside + texts.length * line;
  for (const canvas of canvases) {
    ctx.drawImage(canvas, beside, top);
    top += canvas.height;
  }
  return new Promise(resolve => made.toBlob(resolve, "image/png"));
}

/** Has the browser save a file; its name is made of what file systems take. */
export function save(blob, name, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 80) + ending;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
