// Pairs of things to read or touch of which one lies on the other, in words.
() => {
  const READ = "a, button, input, summary, h1, h2, td, th, label";
  const APART = "svg, .sr, [aria-hidden=true], .js-plotly-plot";
  const MOST = 5;
  const page = document.querySelector("main") || document.body;
  const seen = (part) => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !part.closest(APART);
  const words = (part) => {
    const text = part.getAttribute("aria-label") || part.textContent || part.id;
    return `${part.tagName.toLowerCase()} "${text.trim().slice(0, 40)}"`;
  };
  // What is scrolled out of its list is not seen there.
  const clips = (part) => getComputedStyle(part).overflow !== "visible";
  const boxOf = (part) => {
    let { left, top, right, bottom } = part.getBoundingClientRect();
    for (let around = part.parentElement; around && around !== page; around = around.parentElement) {
      if (!clips(around)) continue;
      const edge = around.getBoundingClientRect();
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return { left, top, right, bottom };
  };
  const boxes = [...page.querySelectorAll(READ)].filter(seen).map((part) => [part, boxOf(part)]);
  const found = [];
  for (const [index, [a, p]] of boxes.entries()) {
    for (const [b, q] of boxes.slice(index + 1, index + 200)) {
      if (a.contains(b) || b.contains(a)) continue;
      const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
      const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      if (wide > 3 && high > 3) found.push(`${words(a)} and ${words(b)}`);
    }
  }
  return found.slice(0, MOST);
}
