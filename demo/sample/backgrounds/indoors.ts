import { disc, glow, gradient, lit, roundTree, type Brush, type Painter } from './scenery.ts';

/** A wall with a pattern. */
function wall({ context, width, light }: Brush, bottom: number, colours: readonly [string, string], pattern: 'stripes' | 'dots' | 'plain'): void {
  gradient(context, [0, 0, width, bottom], [lit(colours[0], light), lit(colours[1], light)]);
  if (pattern === 'stripes') {
    context.fillStyle = '#ffffff22';
    for (let x = 0; x < width; x += 72) context.fillRect(x, 0, 36, bottom);
  }
  if (pattern === 'dots')
    for (let row = 0; row * 52 < bottom; row++)
      for (let x = (row % 2) * 38; x < width; x += 76) disc(context, x, row * 52 + 20, 5, '#ffffff30');
}

/** A window with the outside in it. */
function windowFrame(brush: Brush, x: number, y: number, wide: number, high: number): void {
  const { context, light } = brush;
  const outside = { day: ['#6fb8f0', '#d4eefc'], sunset: ['#b25c86', '#ffc07f'], night: ['#0a1030', '#22306b'] }[light];
  context.fillStyle = lit('#f4efe6', light);
  context.fillRect(x - 14, y - 14, wide + 28, high + 28);
  context.save();
  context.beginPath();
  context.rect(x, y, wide, high);
  context.clip();
  gradient(context, [x, y, wide, high], outside);
  roundTree(context, x + wide * 0.7, y + high + 20, high * 0.8, lit('#5fa050', light), lit('#6b4a32', light));
  context.restore();
  context.fillStyle = lit('#f4efe6', light);
  context.fillRect(x + wide / 2 - 5, y, 10, high);
  context.fillRect(x, y + high / 2 - 5, wide, 10);
  if (light === 'day') glow(context, x + wide / 2, y + high / 2, wide * 1.3, '#ffffff');
}

function tableTop({ context, width, height, light }: Brush, top: number, wood: readonly [string, string]): void {
  gradient(context, [0, top, width, height - top], [lit(wood[0], light), lit(wood[1], light)]);
  context.fillStyle = '#ffffff3a';
  context.fillRect(0, top, width, 7);
  context.strokeStyle = '#00000016';
  context.lineWidth = 3;
  for (let y = top + 34; y < height; y += 34) {
    context.beginPath();
    context.moveTo(0, y);
    context.bezierCurveTo(width * 0.3, y - 9, width * 0.6, y + 9, width, y);
    context.stroke();
  }
}

/** A lamp hanging from the ceiling, shining after dark. */
function lamp({ context, light }: Brush, x: number): void {
  context.fillStyle = lit('#4a4a52', light);
  context.fillRect(x - 2, 0, 4, 70);
  context.fillStyle = lit('#e0674f', light);
  context.beginPath();
  context.moveTo(x - 60, 118);
  context.quadraticCurveTo(x, 30, x + 60, 118);
  context.fill();
  if (light !== 'day') glow(context, x, 130, 320, '#ffdf9a');
}

/** A kitchen table before tiles and shelves. */
export const kitchen: Painter = (brush) => {
  const { context, width, light } = brush;
  wall(brush, 520, ['#fdf3dc', '#f2dfb8'], 'plain');
  for (let row = 0; row < 4; row++)
    for (let x = 0; x < width; x += 70) {
      context.fillStyle = lit((row + x / 70) % 2 ? '#bfe0d8' : '#d8efe8', light);
      context.fillRect(x + 2, 270 + row * 62, 66, 58);
    }
  windowFrame(brush, width * 0.1, 60, 260, 180);
  context.fillStyle = lit('#b07a48', light);
  context.fillRect(width * 0.52, 190, 470, 20);
  [60, 165, 270, 375].forEach((at, index) => {
    context.fillStyle = lit(['#d9634f', '#4f93b8', '#e8b84a', '#6fae6a'][index], light);
    context.fillRect(width * 0.52 + at, 110, 70, 80);
    context.fillStyle = lit('#f2efe6', light);
    context.fillRect(width * 0.52 + at + 8, 98, 54, 14);
  });
  lamp(brush, width * 0.44);
  tableTop(brush, 520, ['#c98d55', '#94602f']);
  return { places: { table: 628, ground: 628, floor: 628, sky: 260 } };
};

/** A living room with a window, a picture and a carpet. */
export const livingRoom: Painter = (brush) => {
  const { context, width, height, light } = brush;
  wall(brush, 520, ['#cfe0d6', '#b5cfc4'], 'stripes');
  windowFrame(brush, width * 0.64, 80, 300, 270);
  context.fillStyle = lit('#8a5a34', light);
  context.fillRect(width * 0.14, 110, 250, 180);
  gradient(context, [width * 0.14 + 14, 124, 222, 152], [lit('#f0b58a', light), lit('#6a86b0', light)]);
  context.fillStyle = lit('#f7f2e8', light);
  context.fillRect(0, 500, width, 24);
  gradient(context, [0, 524, width, height - 524], [lit('#c8975f', light), lit('#8f6238', light)]);
  context.fillStyle = lit('#b8505a', light);
  context.beginPath();
  context.ellipse(width / 2, 650, width * 0.42, 66, 0, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = lit('#f2d9a8', light);
  context.lineWidth = 8;
  context.beginPath();
  context.ellipse(width / 2, 650, width * 0.39, 56, 0, 0, 2 * Math.PI);
  context.stroke();
  lamp(brush, width * 0.5);
  return { places: { floor: 655, ground: 655, sky: 260 } };
};

/** A desk before shelves of boxes. */
export const study: Painter = (brush) => {
  const { context, width, light, random } = brush;
  wall(brush, 542, ['#5f7f8a', '#476672'], 'dots');
  for (const y of [150, 290, 430]) {
    context.fillStyle = lit('#8a5f3c', light);
    context.fillRect(width * 0.04, y, width * 0.92, 16);
    for (let x = width * 0.06; x < width * 0.9; x += random.between(70, 150)) {
      const high = random.between(50, 96);
      context.fillStyle = lit(random.pick(['#d8c8a8', '#c97f5a', '#8fae8a', '#b8a0c0', '#e0b860']), light);
      context.fillRect(x, y - high, random.between(40, 64), high);
    }
  }
  lamp(brush, width * 0.5);
  tableTop(brush, 540, ['#8a5a38', '#5f3a22']);
  return { places: { table: 640, ground: 640, floor: 640, sky: 260 } };
};

/** A workbench before a pegboard. */
export const workshop: Painter = (brush) => {
  const { context, width, light } = brush;
  wall(brush, 520, ['#d9d2c4', '#bfb5a2'], 'plain');
  context.fillStyle = lit('#c9a678', light);
  context.fillRect(70, 60, width - 140, 380);
  for (let x = 100; x < width - 90; x += 38)
    for (let y = 90; y < 430; y += 38) disc(context, x, y, 4, lit('#8f6f48', light));
  lamp(brush, width * 0.5);
  tableTop(brush, 520, ['#a9876a', '#75573f']);
  return { places: { table: 630, ground: 630, floor: 630, sky: 240 } };
};

/** A theatre stage with curtains and spotlights. */
export const theatre: Painter = ({ context, width, height }) => {
  gradient(context, [0, 0, width, height], ['#1a0f22', '#3b1c38']);
  for (const share of [0.3, 0.5, 0.7]) {
    const fill = context.createLinearGradient(0, 0, 0, 620);
    fill.addColorStop(0, '#fff2c060');
    fill.addColorStop(1, '#fff2c010');
    context.fillStyle = fill;
    context.beginPath();
    context.moveTo(width * share - 24, 0);
    context.lineTo(width * share + 24, 0);
    context.lineTo(width * 0.5 + (share - 0.5) * width * 0.5 + 210, 640);
    context.lineTo(width * 0.5 + (share - 0.5) * width * 0.5 - 210, 640);
    context.fill();
  }
  gradient(context, [0, 560, width, height - 560], ['#9a6a42', '#5f3d26']);
  context.strokeStyle = '#00000030';
  context.lineWidth = 3;
  for (let x = -600; x < width + 600; x += 90) {
    context.beginPath();
    context.moveTo(width / 2 + (x - width / 2) * 0.7, 560);
    context.lineTo(x, height);
    context.stroke();
  }
  for (const [from, to] of [[0, 210], [width - 210, width]] as const)
    for (let x = from; x < to; x += 42) gradient(context, [x, 0, 42, 600], x % 84 ? ['#c0283a', '#7a1424'] : ['#a31d30', '#640e1c']);
  for (let x = 0; x < width; x += 106) {
    context.fillStyle = '#b02436';
    context.beginPath();
    context.ellipse(x + 53, 0, 60, 84, 0, 0, Math.PI);
    context.fill();
  }
  return { places: { floor: 640, ground: 640, sky: 280 } };
};
