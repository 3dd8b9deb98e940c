// Joins the parts: the address, the stream of news, the list, the chosen series, the job.

import {Feed} from "./feed.js";
import {byId, printable, say} from "./element.js";
import {addKey, showKeys, startKeys} from "./keys.js";
import {IncidentsView} from "./incidents.js";
import {JobView} from "./job.js";
import {SeriesList} from "./list.js";
import {SeriesView} from "./series.js";
import {showTiles, startTiles} from "./tiles.js";
import {startTheme, toggleTheme} from "./theme.js";
import {local, moment} from "./numbers.js";

const RETRY_MS = 2_000;
const VIEWS = ["series", "alarms", "job"];

/** Those that the job has. */
const openViews = () => VIEWS.filter(name => !byId(`tab-${name}`).hidden);

let job = null;
let connected = true;
let retry = null;
let shownAt = null; // the place of the address that was shown

startTheme();
const showTitled = (view, title) => () => {
  go({view});
  byId(title).focus();
};
startTiles({letters: showTitled("job", "letters-title"), alarms: showTitled("alarms", "alarms-title")});
const incidentsView = new IncidentsView((series, at) => {
  shownAt = null; // also for the place that was shown last
  go({series, at, view: null});
});
const jobView = new JobView();
const seriesView = new SeriesView(mode => go({mode}));
const list = new SeriesList(series => {
  go({series, view: null, at: null});
  openSide(false);
});

const feed = new Feed({
  opened() {
    connected = true;
    attach();
    list.refresh().then(chooseFirst);
  },
  lost() {
    connected = false;
    draw();
  },
  job: takeJob,
  series: news => seriesView.news(news),
});

/** Loads the chosen series, and listens to it as soon as the server knows it. */
async function attach() {
  clearTimeout(retry);
  const {series} = seriesView;
  if (series === null) {
    return;
  }
  const found = await seriesView.load();
  if (series !== seriesView.series) {
    return;
  }
  if (found && feed.series !== series) {
    feed.watch(series); // and loads once more when it is open, for what came between
  } else if (found === false) {
    retry = setTimeout(attach, RETRY_MS);
  }
}

function takeJob(told) {
  job = told;
  if (job.series > 0 && seriesView.series === null) {
    list.refresh().then(chooseFirst);
  }
  draw();
}

function draw() {
  if (job !== null) {
    showTiles(job, connected);
    jobView.show(job);
    showAlarms(job.incidents);
    seriesView.jobWhy(job.why);
    seriesView.tick(job.now, job.started);
    byId("note").hidden = !job.note;
    say(byId("note"), job.note ?? "");
    if (/^https?:\/\//.test(job.flink ?? "")) {
      byId("flink").hidden = false;
      byId("flink").href = job.flink;
    }
  }
  const notice = connected ? job?.why ?? "" : `The server does not answer; trying again.${job ? ` What you see is from ${moment(job.now)} UTC${local(job.now)}.` : ""}`;
  byId("notice").hidden = notice === "";
  say(byId("notice"), notice);
  if (seriesView.series === null) {
    say(byId("series-name").firstElementChild, job === null ? "Asking the server …" : job.series > 0 ? "Choose a series" : "Nothing to show yet");
    say(byId("series-why"), job?.why ?? "");
  }
}

/** A job without alarms shows nothing of them. */
function showAlarms(counts) {
  if (counts === null) {
    return;
  }
  if (byId("tab-alarms").hidden) {
    byId("tab-alarms").hidden = false;
    addKey(["a", "alarms or series", () => go({view: address().get("view") === "alarms" ? null : "alarms"})]);
    follow(); // the address may ask for them
  }
  incidentsView.show(counts);
  seriesView.followIncidents(counts.version);
}

// The address says what is shown: #series=NAME&mode=…&at=MILLISECONDS&view=job

const address = () => new URLSearchParams(location.hash.slice(1));

/** Changes the address; what is null leaves it. */
function go(changes) {
  const next = address();
  Object.entries(changes).forEach(([name, value]) => (value === null ? next.delete(name) : next.set(name, value)));
  const hash = "#" + next;
  if (hash !== location.hash) {
    history[("series" in changes || "view" in changes) ? "pushState" : "replaceState"](null, "", hash);
  }
  follow();
}

function follow() {
  const wanted = address();
  const series = wanted.get("series");
  if (series !== null && series !== seriesView.series) {
    seriesView.open(series, wanted.get("mode"));
    list.mark(series);
    attach();
    say(byId("side-toggle"), byId("side-toggle").title = printable(series));
  }
  const at = wanted.get("at");
  if (series !== null && /^-?[0-9]{1,16}$/.test(at ?? "") && shownAt !== series + at) {
    seriesView.goTo(Number(at));
  }
  shownAt = series + at;
  const view = openViews().find(name => name === wanted.get("view")) ?? "series";
  const appears = view === "alarms" && byId("view-alarms").hidden;
  for (const name of VIEWS) {
    byId(`view-${name}`).hidden = name !== view;
    byId(`tab-${name}`).setAttribute("aria-selected", name === view);
    byId(`tab-${name}`).tabIndex = name === view ? 0 : -1;
  }
  if (appears) {
    incidentsView.ask();
  }
  document.title = [view === "job" ? "Job" : view === "alarms" ? "Alarms" : printable(series ?? ""), "Weir"].filter(Boolean).join(" · ");
  draw();
}

/** Somebody who came without a wish sees the first series of the list. */
function chooseFirst() {
  if (seriesView.series === null && list.first() !== null) {
    go({series: list.first()});
  }
}

const openSide = open => {
  byId("side").classList.toggle("open", open);
  byId("side-toggle").setAttribute("aria-expanded", open);
};

byId("side-toggle").addEventListener("click", () => openSide(!byId("side").classList.contains("open")));
const showView = name => go({view: name === "series" ? null : name});
for (const name of VIEWS) {
  byId(`tab-${name}`).addEventListener("click", () => showView(name));
  byId(`tab-${name}`).addEventListener("keydown", event => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const open = openViews();
      const step = event.key === "ArrowLeft" ? open.length - 1 : 1;
      const other = open[(open.indexOf(name) + step) % open.length];
      showView(other);
      byId(`tab-${other}`).focus();
    }
  });
}
byId("skip").addEventListener("click", event => {
  event.preventDefault(); // the address says which series is shown
  go({view: null});
  byId("chosen").focus();
});
window.addEventListener("hashchange", follow);
window.addEventListener("popstate", follow);

const focusIn = id => {
  go({view: null});
  openSide(true);
  byId(id).focus();
};

startKeys([
  ["/", "search series", () => focusIn("search")],
  ["l", "go to the list, then arrow keys", () => focusIn("list")],
  ["←", "the forecast before", () => seriesView.scrubBy(-1)],
  ["→", "the forecast after", () => seriesView.scrubBy(1)],
  ["Esc", "back to the newest forecast", () => seriesView.scrubTo(null)],
  ["p", "pause and resume", () => seriesView.pause()],
  ["+", "zoom in", () => seriesView.zoomBy(0.5)],
  ["-", "zoom out", () => seriesView.zoomBy(2)],
  ["0", "reset the zoom", () => seriesView.zoomOut()],
  ["m", "the other mode", () => seriesView.nextMode()],
  ["j", "job or series", () => go({view: address().get("view") === "job" ? null : "job"})],
  ["t", "light or dark", toggleTheme],
  ["?", "this list", showKeys],
]);

feed.watch(null);
follow();
