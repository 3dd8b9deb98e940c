// What the server tells: one stream of events, opened again by ourselves whenever it ends, and answers to questions.

const SILENCE_MS = 15_000; // the server speaks each second
const MAX_WAIT_MS = 5_000;

/** Asks the server; parameters that are empty are left out. Of a refusal the error has the status, and the server's words. */
export async function ask(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""));
  const answer = await fetch(query.size ? `${path}?${query}` : path, {signal, headers: {Accept: "application/json"}});
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(told.error ?? `the server answered ${answer.status}`), {status: answer.status});
  }
  return answer.json();
}

export class Feed {
  #listener;
  #series = null;
  #source = null;
  #timer = null;
  #watchdog = null;
  #failures = 0;
  #connected = null; // not known yet

  /** listener: opened(), lost(), job(news), series(news) */
  constructor(listener) {
    this.#listener = listener;
  }

  /** The series that is listened to; null for the job alone. */
  get series() {
    return this.#series;
  }

  /** Listens to the job and to this series, which the server must know; null for the job alone. */
  watch(series) {
    this.#series = series;
    this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(
      this.#series === null ? "api/events" : "api/events?series=" + encodeURIComponent(this.#series));
    this.#source = source;
    const series = this.#series;
    source.addEventListener("open", () => {
      this.#failures = 0;
      this.#connected = true;
      this.#alive();
      this.#listener.opened();
    });
    source.addEventListener("job", event => {
      this.#alive();
      this.#listener.job(JSON.parse(event.data));
    });
    source.addEventListener("series", event => {
      this.#alive();
      const news = JSON.parse(event.data);
      if (series === this.#series && news.series === series) {
        this.#listener.series(news);
      }
    });
    source.addEventListener("error", () => source === this.#source && this.#lost());
  }

  #alive() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#timer);
    this.#source.close();
    if (this.#connected !== false) {
      this.#connected = false;
      this.#listener.lost();
    }
    this.#series = null; // whether the server still knows it is to be seen
    this.#timer = setTimeout(() => this.#open(), Math.min(MAX_WAIT_MS, 500 * 2 ** this.#failures++));
  }
}
