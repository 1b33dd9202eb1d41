// WCAG 2.2, 1.4.3: every visible text against the colours behind it, laid over one another. Where the
// wallpaper shines through, it counts with the colour that makes the contrast worst. Gives the texts
// below 4.5 to 1.
() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], ground) =>
    [r, g, b].map((each, at) => each * a + ground[at] * (1 - a));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const walls = ["a", "b", "c", "d"].map((name) => {
    const probe = document.createElement("i");
    probe.style.setProperty("color", `var(--wall-${name})`);
    document.body.append(probe);
    const colour = read(getComputedStyle(probe).color).slice(0, 3);
    probe.remove();
    return colour;
  });
  const grounds = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const layer = read(getComputedStyle(each).backgroundColor);
      layers.unshift(layer);
      if (layer[3] === 1) return [layers.reduce((ground, next) => over(next, ground), layer)];
      if (each.id === "chat") break;
    }
    return walls.map((wall) => layers.reduce((ground, next) => over(next, ground), wall));
  };
  const weak = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(".avatar, dialog:not([open]), button:disabled")) continue;
    const look = getComputedStyle(element);
    const least = Math.min(...grounds(element).map((ground) => contrast(over(read(look.color), ground), ground)));
    count += 1;
    if (least < 4.5) weak.push(`${element.className}: ${texts.currentNode.data} ${least.toFixed(2)}`);
  }
  return count > 20 ? weak : [`only ${count} texts were seen`];
}
