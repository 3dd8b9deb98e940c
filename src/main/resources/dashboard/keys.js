// Keys for those who use no pointer, and the list of them.

import {byId, element} from "./element.js";

const KEY = "weir.keys";

/** actions: [[key, words, action]]; keys work where nothing is being typed or chosen. */
export function startKeys(actions) {
  const dialog = byId("keys");
  const off = byId("keys-off");
  byId("keys-list").append(...actions.flatMap(([key, words]) =>
    [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)]));
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
