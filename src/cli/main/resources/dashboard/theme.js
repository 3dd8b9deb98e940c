// Light and dark: as the system says, until somebody chooses.

import {byId, remember, remembered, say} from "./element.js";

const KEY = "weir.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

let choice = remembered(KEY);

const dark = () => (choice ?? (system.matches ? "dark" : "light")) === "dark";

function apply() {
  document.documentElement.dataset.theme = dark() ? "dark" : "light";
  say(byId("theme"), dark() ? "Light" : "Dark");
  byId("theme").setAttribute("aria-label", `Use ${dark() ? "light" : "dark"} colours`);
  listeners.forEach(listener => listener());
}

export function toggleTheme() {
  choice = dark() ? "light" : "dark";
  remember(KEY, choice);
  apply();
}

export function startTheme() {
  system.addEventListener("change", apply);
  byId("theme").addEventListener("click", toggleTheme);
  apply();
}

/** Calls when colours change, for what is drawn and not styled. */
export const onTheme = listener => listeners.add(listener);

/** A colour of the style sheet, by the name of its variable. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
