// Keys for those who use no pointer, and the list of them.

import {byId, element} from "./element.js";

const KEY = "weir.keys";

let added = null;

/** Adds an action: [key, words, action]. */
export const addKey = action => added(action);

/** actions: [[key, words, action]]; keys work where nothing is being typed or chosen. */
export function startKeys(actions) {
  const dialog = byId("keys");
  const off = byId("keys-off");
  const list = ([key, words]) => byId("keys-list").append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, words));
  actions.forEach(list);
  added = action => {
    actions.push(action);
    list(action);
  };
  try {
    off.checked = localStorage.getItem(KEY) === "off";
  } catch {
    // as if nobody had chosen
  }
  off.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, off.checked ? "off" : "on");
    } catch {
      // lasts until the page is left
    }
  });
  byId("help").addEventListener("click", () => dialog.showModal());
  const names = {"←": "ArrowLeft", "→": "ArrowRight", Esc: "Escape"};
  document.addEventListener("keydown", event => {
    if (off.checked || dialog.open || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) {
      return;
    }
    const arrow = event.key.startsWith("Arrow");
    if (event.target.closest("input, select, textarea") || (arrow && event.target.closest("[role=listbox], [role=tab]"))) {
      return;
    }
    const found = actions.find(([key]) => (names[key] ?? key) === event.key);
    if (found) {
      event.preventDefault();
      found[2](event);
    }
  });
}

export const showKeys = () => byId("keys").showModal();
