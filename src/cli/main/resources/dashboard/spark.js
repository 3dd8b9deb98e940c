// A small line of the newest values, without axes.

import {colour} from "./theme.js";

/** Draws values (null for unknown) over the whole canvas. */
export function spark(canvas, values) {
  const pixel = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * pixel);
  canvas.height = Math.round(height * pixel);
  const known = values.filter(value => value !== null);
  if (known.length === 0 || width === 0) {
    return;
  }
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = i => 2 + ((width - 5) * i) / Math.max(1, values.length - 1);
  const y = value => (high > low ? 2.5 + ((height - 5) * (high - value)) / (high - low) : height / 2);
  const ctx = canvas.getContext("2d");
  ctx.scale(pixel, pixel);
  ctx.strokeStyle = colour("actual");
  ctx.lineWidth = 1.25;
  ctx.lineJoin = "round";
  ctx.beginPath();
  let pen = false;
  values.forEach((value, i) => {
    if (value === null) {
      pen = false;
    } else if (pen) {
      ctx.lineTo(x(i), y(value));
    } else {
      ctx.moveTo(x(i), y(value));
      pen = true;
    }
  });
  ctx.stroke();
  const last = values.length - 1;
  if (values[last] !== null) {
    ctx.fillStyle = colour("forecast");
    ctx.beginPath();
    ctx.arc(x(last), y(values[last]), 2, 0, 7);
    ctx.fill();
  }
}
