/** The little that is needed to draw: an element, and changing only what is not so already. */

/** Make an element; attributes that are nothing are left out. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children);
  return node;
}

/** Set an attribute, or take it away: null, undefined and false are none. */
export function setAttribute(node, name, value) {
  const text = value === true ? "" : value;
  if (text === null || text === undefined || text === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(text)) {
    node.setAttribute(name, String(text));
  }
}

/** Set the text of an element. */
export function setText(node, text) {
  const wanted = text ?? "";
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Set one property of an element's style. */
export function setStyle(node, name, value) {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

const KEY = Symbol("key");

/** Make a parent's children those of a list, each with a `key`: the same key keeps its element, and with it the focus. */
export function setChildren(parent, items, create, update = () => {}) {
  const wanted = new Set(items.map((item) => item.key));
  const known = new Map();
  for (const node of [...parent.children]) {
    if (wanted.has(node[KEY])) known.set(node[KEY], node);
    else node.remove();
  }
  let next = parent.firstElementChild;
  for (const item of items) {
    const node = known.get(item.key) ?? Object.assign(create(item), { [KEY]: item.key });
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
    update(node, item);
  }
}
