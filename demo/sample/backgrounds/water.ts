import { blank, clouds, disc, gradient, hills, lit, scatter, sky, type Brush, type Layer, type Painter } from './scenery.ts';

/** A crest of waves before what swims. */
function waves({ width, light }: Brush, y: number, colours: readonly [string, string]): Layer {
  const layer = blank(width + 800, 720 - y);
  const { context } = layer;
  context.beginPath();
  context.moveTo(0, 720 - y);
  for (let x = 0; x <= width + 800; x += 8) context.lineTo(x, 22 + 14 * Math.sin(x / 34) + 6 * Math.sin(x / 13));
  context.lineTo(width + 800, 720 - y);
  const fill = context.createLinearGradient(0, 0, 0, 720 - y);
  fill.addColorStop(0, lit(colours[0], light));
  fill.addColorStop(1, lit(colours[1], light));
  context.fillStyle = fill;
  context.fill();
  return { canvas: layer.canvas, y, speed: 38 };
}

function sparkle(brush: Brush, range: readonly [number, number]): void {
  const { context } = brush;
  context.strokeStyle = '#ffffff55';
  context.lineWidth = 3;
  scatter(brush, 80, range, (x, y, scale) => {
    context.beginPath();
    context.moveTo(x - 40 * scale, y);
    context.quadraticCurveTo(x, y - 8 * scale, x + 40 * scale, y);
    context.stroke();
  });
}

/** The open sea. */
export const sea: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 400);
  gradient(context, [0, 395, width, height - 395], [lit('#7cc6e0', light), lit('#2f86b8', light), lit('#1a5f96', light)]);
  sparkle(brush, [410, 600]);
  return { places: { water: 610, sky: 210 }, drift: clouds(brush, 30, 4), front: waves(brush, 570, ['#3f9ac9', '#1c5f96']) };
};

/** Sand, palms far away and the sea. */
export const beach: Painter = (brush) => {
  const { context, width, light, random } = brush;
  sky(brush, 360);
  gradient(context, [0, 355, width, 160], [lit('#5fc0de', light), lit('#8fdcea', light)]);
  sparkle(brush, [365, 490]);
  context.fillStyle = '#ffffffb0';
  hills(brush, 505, 10, ['#ffffff', lit('#f7e3b0', light)]);
  hills(brush, 520, 10, [lit('#fbe8b8', light), lit('#e8c67e', light)]);
  scatter(brush, 50, [545, 712], (x, y, scale) => disc(context, x, y, 4 * scale, lit(random.pick(['#d8b06a', '#fff4dc', '#e0a08a']), light)));
  return { places: { ground: 650, sky: 200 }, drift: clouds(brush, 20, 4) };
};

/** Under water, with rays of light, weeds and bubbles. */
export const underwater: Painter = (brush) => {
  const { context, width, height, light, random } = brush;
  gradient(context, [0, 0, width, height], [lit('#5fd0e0', light), lit('#1f8fc0', light), lit('#0d4f8a', light)]);
  for (let index = 0; index < 8; index++) {
    const x = random.between(-100, width);
    const fill = context.createLinearGradient(0, 0, 0, 560);
    fill.addColorStop(0, light === 'night' ? '#ffffff18' : '#ffffff48');
    fill.addColorStop(1, '#ffffff00');
    context.fillStyle = fill;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x + 70, 0);
    context.lineTo(x + 260, 600);
    context.lineTo(x + 120, 600);
    context.fill();
  }
  hills(brush, 610, 22, [lit('#e0cf9a', light), lit('#b59a5f', light)]);
  const front = blank(width, 260);
  for (let index = 0; index < Math.round(width / 70); index++) {
    const x = random.between(0, width);
    const high = random.between(50, 190);
    front.context.strokeStyle = lit(random.pick(['#2f9a5f', '#4fb86a', '#1f7f5f', '#c0506a']), light);
    front.context.lineWidth = random.between(8, 15);
    front.context.lineCap = 'round';
    front.context.beginPath();
    front.context.moveTo(x, 260);
    front.context.bezierCurveTo(x - 40, 260 - high * 0.4, x + 40, 260 - high * 0.7, x - 6, 260 - high);
    front.context.stroke();
  }
  const drift = blank(width + 400, 560);
  for (let index = 0; index < 46; index++) {
    drift.context.globalAlpha = 0.5;
    disc(drift.context, random.between(0, width + 400), random.between(0, 560), random.between(4, 14), '#ffffff80');
  }
  return {
    places: { ground: 665, sky: 350 },
    drift: { canvas: drift.canvas, y: 40, speed: 14 },
    front: { canvas: front.canvas, y: 480, speed: 0 },
  };
};
