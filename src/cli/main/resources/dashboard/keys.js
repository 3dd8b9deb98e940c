// Keys for those who use no pointer, and the list of them.

import {byId, element, remember, remembered} from "./element.js";

const KEY = "weir.keys";

const actions = []; // [key, words, action]

export function addKey([key, words, action]) {
  actions.push([key, words, action]);
  byId("keys-list").append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, words));
}

/** Adds actions; keys work where nothing is being typed or chosen. */
export function startKeys(first) {
  const dialog = byId("keys");
  const off = byId("keys-off");
  first.forEach(addKey);
  off.checked = remembered(KEY) === "off";
  off.addEventListener("change", () => remember(KEY, off.checked ? "off" : "on"));
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
