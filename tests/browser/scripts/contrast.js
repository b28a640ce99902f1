// Texts whose colour differs too little from what lies behind them, by WCAG 2's formula.
(() => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const ratio = (a, b) => {
    const [hi, lo] = [light(a), light(b)].sort((x, y) => y - x);
    return (hi + 0.05) / (lo + 0.05);
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const wrong = new Set();
  let least = 21;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || e.getClientRects().length === 0) continue;
    const r = ratio(colour(getComputedStyle(e).color), behind(e));
    least = Math.min(least, r);
    if (r < 4.5) wrong.add(`${r.toFixed(2)} for "${node.data.trim().slice(0, 40)}" in ${e.className || e.tagName}`);
  }
  // Lines and fills that mean something need three to one against the page.
  const paper = colour(getComputedStyle(document.body).backgroundColor);
  const shapes = 'rect.step, rect.refused, rect.bar, rect.at-home, rect.at-away, rect.at-lost, line.limit, line.fault';
  for (const shape of document.querySelectorAll(shapes)) {
    const style = getComputedStyle(shape);
    const seen = [style.stroke, style.fill].filter((c) => c.startsWith('rgb')).map((c) => ratio(colour(c), paper));
    const best = Math.max(...seen);
    least = Math.min(least, best);
    if (best < 3) wrong.add(`${best.toFixed(2)} for the shape ${shape.getAttribute('class')}`);
  }
  return { wrong: [...wrong], least, paper: paper.join(',') };
})()
