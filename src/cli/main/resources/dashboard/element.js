// Builds elements; whatever comes from outside becomes text, never markup.

/** element("td", {class: "number", "data-value": 3}, "3.0", child, …); null and false children are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, String(value));
    }
  }
  made.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

/** A place that may be wider than the page, which then scrolls by itself, by keys too. */
export const scrolling = (label, ...children) =>
  element("div", {class: "wide-table", tabindex: "0", role: "region", "aria-label": label}, ...children);

export const byId = id => document.getElementById(id);

/** Sets text only where it changed, so that a selection or a screen reader is not disturbed each second. */
export function say(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** The version of a model that a forecast was made with; a mixture that learns by itself has none. */
export const modelName = (model, version) =>
  (model === null ? "no base model" : printable(model) + (version === null ? "" : ` v${version}`));

/**
 * A name that anybody may have chosen, fit to be shown: what has no shape of its own, or would turn the text around it
 * about, is written out.
 */
export function printable(name) {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu,
    char => "\\u" + char.codePointAt(0).toString(16).padStart(4, "0"));
}

/** What somebody chose in this browser before; null if nothing, or if it keeps nothing. */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // lasts until the page is left
  }
}
