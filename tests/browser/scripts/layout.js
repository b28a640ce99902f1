// What is wrong with the layout of a page, in words: text that leaves the screen or its box, texts that overlap, bars
// that leave their charts.
(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) wrong.push(`the page is ${root.scrollWidth} wide, the screen ${innerWidth}`);

  // texts are the boxes of all text that can be seen, each with its element.
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (!node.data.trim()) continue;
    const clips = [];
    let hidden = false;
    for (let e = node.parentElement; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.clipPath !== 'none' || style.visibility === 'hidden') hidden = true;
      if (style.overflowX !== 'visible' && e !== document.body && e !== root) clips.push(e.getBoundingClientRect());
    }
    if (hidden) continue;
    const says = node.data.trim().slice(0, 40);
    const range = document.createRange();
    range.selectNodeContents(node);
    // A short word is never broken in two.
    if (range.getClientRects().length > 1) {
      for (const word of node.data.matchAll(/(?<![^\s])[A-Za-z]{2,16}(?![^\s])/g)) {
        const part = document.createRange();
        part.setStart(node, word.index);
        part.setEnd(node, word.index + word[0].length);
        if (part.getClientRects().length > 1) wrong.push(`"${word[0]}" is broken in two`);
      }
    }
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      texts.push({ box, says });
      if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`"${says}" leaves the screen`);
      for (const clip of clips) {
        if (box.left < clip.left - 1 || box.right > clip.right + 1) wrong.push(`"${says}" is clipped`);
      }
    }
  }
  texts.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < texts.length; i++) {
    for (let j = i + 1; j < texts.length && texts[j].box.top < texts[i].box.bottom; j++) {
      const a = texts[i].box, b = texts[j].box;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Letters leave the top and the bottom of their box free.
      if (wide <= 1 || high <= 0.3 * Math.min(a.height, b.height)) continue;
      wrong.push(`"${texts[i].says}" lies on "${texts[j].says}"`);
    }
  }
  for (const svg of document.querySelectorAll('svg.track, svg.bullet')) {
    const around = svg.getBoundingClientRect();
    if (around.width < 100) wrong.push(`a chart is ${around.width} wide`);
    for (const bar of svg.querySelectorAll('rect')) {
      const box = bar.getBoundingClientRect();
      const inside = box.left >= around.left - 2 && box.right <= around.right + 2 &&
        box.top >= around.top - 2 && box.bottom <= around.bottom + 2;
      if (!inside) {
        wrong.push(`a bar leaves its chart: ${svg.getAttribute('aria-label')}`);
      }
    }
  }
  return { wrong: [...new Set(wrong)], texts: texts.length };
})()
