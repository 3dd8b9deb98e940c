"use strict";
// Draws the report's charts: each element's data-chart has labels, range, x and lines; each two lines named band
// enclose an interval.
const style = getComputedStyle(document.documentElement);
const color = (name) => style.getPropertyValue(`--${name}`).trim();

const time = (seconds, step) => {
  const iso = new Date(1e3 * seconds).toISOString();
  return step >= 86400 ? iso.slice(0, 10) : step >= 60 ? iso.slice(5, 16).replace("T", " ") : iso.slice(11, 23);
};

for (const element of document.querySelectorAll("[data-chart]")) {
  const chart = JSON.parse(element.dataset.chart);
  const axis = (label) => ({
    label,
    stroke: color("dim"),
    grid: { stroke: color("rule"), width: 1 },
    ticks: { stroke: color("rule"), width: 1 },
  });
  const x = axis(chart.labels[0]);
  if (chart.time) {
    x.space = 100;
    x.values = (plot, splits, index, space, step) => splits.map((seconds) => time(seconds, step));
  } else {
    x.incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  }
  const size = () => ({ width: Math.max(300, element.clientWidth), height: 280 });
  const isBand = (line) => line.name === "band";
  const edges = chart.lines.flatMap((line, i) => (isBand(line) ? [i + 1] : []));
  const uppers = edges.filter((edge, i) => i % 2 === 1);
  const plot = new uPlot(
    {
      ...size(),
      tzDate: (seconds) => uPlot.tzDate(new Date(1e3 * seconds), "Etc/UTC"),
      legend: { show: false },
      scales: { x: { time: Boolean(chart.time) }, y: { range: chart.range } },
      axes: [x, { ...axis(chart.labels[1]), size: 70 }],
      series: [
        {},
        ...chart.lines.map((line) => ({
          stroke: isBand(line) ? "transparent" : color(line.name),
          width: line.name === "ours" ? 2 : 1,
          dash: line.name === "fourth" ? [5, 3] : undefined,
          points: { show: false },
        })),
      ],
      bands: uppers.map((upper) => ({ series: [upper, upper - 1], fill: color("band") })),
    },
    [chart.x, ...chart.lines.map((line) => line.values)],
    element,
  );
  addEventListener("resize", () => plot.setSize(size()));
}
