// Mounts what Dash cannot draw: SVG and large lists that the server wrote, and icons from the symbols in the page.

const SVG = "http://www.w3.org/2000/svg";

export function draw(root) {
  for (const node of root.querySelectorAll("[data-svg]")) {
    if (node.drawn !== node.dataset.svg) drawMarkup(node);
  }
  for (const node of root.querySelectorAll("[data-icon]")) {
    if (node.dataset.drawn !== node.dataset.icon) drawIcon(node);
  }
  const page = root.querySelector("[data-title]");
  if (page) document.title = `${page.dataset.title} · Cleanwatch`;
}

function drawIcon(node) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  const size = node.dataset.icon.startsWith("s-") || node.dataset.icon === "i-logo" ? 24 : 20;
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  use.setAttribute("href", `#${node.dataset.icon}`);
  use.setAttribute("width", size);
  use.setAttribute("height", size);
  svg.append(use);
  node.replaceChildren(svg);
  node.dataset.drawn = node.dataset.icon;
}

function drawMarkup(node) {
  const parsed = new DOMParser().parseFromString(node.dataset.svg, "image/svg+xml");
  node.drawn = node.dataset.svg;
  if (parsed.querySelector("parsererror")) {
    console.error("A drawing cannot be read:", parsed.documentElement.textContent);
    return;
  }
  node.replaceChildren(document.importNode(parsed.documentElement, true));
}
