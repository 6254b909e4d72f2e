import { blank, clouds, disc, glow, gradient, hills, lit, roundTree, scatter, sky, type Brush, type Painter } from './scenery.ts';

const walls = ['#e8b48a', '#d98f7a', '#f0d9a8', '#b8c4d9', '#c7d8b5', '#e3c2c8'];

/** A row of town houses standing on a line. */
function houses({ context, width, light, random }: Brush, base: number): void {
  for (let x = -30; x < width; ) {
    const wide = random.between(150, 230);
    const high = random.between(210, 350);
    gradient(context, [x, base - high, wide, high], [lit(random.pick(walls), light), lit('#a98a78', light)]);
    context.fillStyle = lit('#7a4438', light);
    context.beginPath();
    context.moveTo(x - 12, base - high);
    context.lineTo(x + wide / 2, base - high - 80);
    context.lineTo(x + wide + 12, base - high);
    context.fill();
    const columns = Math.floor((wide - 30) / 58);
    for (let column = 0; column < columns; column++)
      for (let row = 0; row * 76 + 96 < high; row++) {
        const shining = light === 'night' ? random.next() < 0.55 : light === 'sunset' && random.next() < 0.3;
        context.fillStyle = shining ? '#ffd877' : lit('#8fb6cf', light);
        context.fillRect(x + 26 + column * 58, base - high + 26 + row * 76, 34, 46);
      }
    context.fillStyle = lit('#5f3d30', light);
    context.fillRect(x + wide / 2 - 20, base - 66, 40, 66);
    x += wide + random.between(0, 14);
  }
}

function road({ context, width, height, light }: Brush, top: number): void {
  context.fillStyle = lit('#c9c3b8', light);
  context.fillRect(0, top - 34, width, 40);
  gradient(context, [0, top, width, height - top], [lit('#6b6f78', light), lit('#50545e', light)]);
  context.fillStyle = lit('#f2efe4', light);
  for (let x = 20; x < width; x += 150) context.fillRect(x, top + (height - top) * 0.72, 84, 9);
}

/** A street lined with houses. */
export const street: Painter = (brush) => {
  const { context, width, light } = brush;
  sky(brush, 420);
  houses(brush, 530);
  road(brush, 560);
  for (let x = 90; x < width; x += 430) {
    context.fillStyle = lit('#3c4048', light);
    context.fillRect(x, 290, 10, 260);
    context.fillRect(x - 2, 286, 54, 8);
    disc(context, x + 48, 300, 13, light === 'day' ? lit('#e8e6da', light) : '#ffe9a8');
    if (light !== 'day') glow(context, x + 48, 310, 120, '#ffd98a');
  }
  return { places: { road: 665, ground: 560, sky: 290 }, drift: clouds(brush, 10, 3) };
};

/** A lawn with trees, a path and the town behind. */
export const park: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 430);
  blocks(brush, 440, 190, '#b5c6d8');
  hills(brush, 440, 14, [lit('#8ecf6a', light), lit('#5fae4c', light)]);
  scatter(brush, 12, [440, 500], (x, y, scale) => roundTree(context, x, y, 260 * scale, lit('#4f9a4c', light), lit('#6b4a32', light)));
  gradient(context, [0, 580, width, 96], [lit('#ead9b5', light), lit('#d8c298', light)]);
  gradient(context, [0, 676, width, height - 676], [lit('#6fb855', light), lit('#549c42', light)]);
  return { places: { ground: 640, sky: 250 }, drift: clouds(brush, 20, 4) };
};

/** Towers standing on a line. */
function blocks({ context, width, light, random }: Brush, base: number, rise: number, colour: string): void {
  for (let x = -20; x < width; ) {
    const wide = random.between(60, 130);
    const high = rise * random.between(0.4, 1);
    context.fillStyle = lit(colour, light);
    context.fillRect(x, base - high, wide, high + 6);
    for (let wx = x + 10; wx < x + wide - 14; wx += 22)
      for (let wy = base - high + 14; wy < base - 16; wy += 26) {
        const shining = light === 'night' ? random.next() < 0.5 : light === 'sunset' && random.next() < 0.2;
        context.fillStyle = shining ? '#ffdf8a' : '#ffffff2e';
        context.fillRect(wx, wy, 11, 14);
      }
    x += wide + random.between(2, 18);
  }
}

/** A city seen across a river. */
export const skyline: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 560);
  blocks(brush, 560, 330, '#9fb4cf');
  blocks(brush, 570, 230, '#6f86a8');
  gradient(context, [0, 565, width, height - 565], [lit('#8fc3de', light), lit('#3f7ea6', light)]);
  context.strokeStyle = light === 'night' ? '#ffdf8a40' : '#ffffff50';
  context.lineWidth = 3;
  scatter(brush, 70, [580, 712], (x, y, scale) => {
    context.beginPath();
    context.moveTo(x - 44 * scale, y);
    context.lineTo(x + 44 * scale, y);
    context.stroke();
  });
  return { places: { sky: 240, ground: 612 }, drift: clouds(brush, 10, 3) };
};

/** A track through the fields. */
export const railway: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 430);
  hills(brush, 420, 50, [lit('#9cc88a', light), lit('#79b063', light)]);
  scatter(brush, 14, [440, 480], (x, y, scale) => roundTree(context, x, y, 140 * scale, lit('#5a9a50', light), lit('#6b4a32', light)));
  gradient(context, [0, 560, width, height - 560], [lit('#a89a86', light), lit('#857664', light)]);
  context.fillStyle = lit('#5c4630', light);
  for (let x = 0; x < width; x += 62) context.fillRect(x, 628, 34, 40);
  context.fillStyle = lit('#9aa4b0', light);
  context.fillRect(0, 630, width, 9);
  context.fillRect(0, 656, width, 9);
  return { places: { road: 645, sky: 230 }, drift: clouds(brush, 30, 4) };
};

/** A racing track with kerbs and a stand. */
export const racetrack: Painter = (brush) => {
  const { context, width, height, light, random } = brush;
  sky(brush, 380);
  context.fillStyle = lit('#8f97a8', light);
  context.fillRect(0, 250, width, 230);
  for (let row = 0; row < 9; row++)
    for (let x = (row % 2) * 11; x < width; x += 22)
      disc(context, x, 276 + row * 23, 8, lit(random.pick(['#e05a4f', '#f2c14e', '#4f9ad9', '#f4f1e8', '#6bbf6b']), light));
  context.fillStyle = lit('#d8dde6', light);
  context.fillRect(0, 232, width, 26);
  gradient(context, [0, 480, width, 70], [lit('#7cc25c', light), lit('#5fae49', light)]);
  for (let x = 0; x < width; x += 80) {
    context.fillStyle = lit(x % 160 ? '#ffffff' : '#d8402f', light);
    context.fillRect(x, 540, 80, 20);
  }
  gradient(context, [0, 560, width, height - 560], [lit('#6b6f78', light), lit('#4b4f58', light)]);
  return { places: { road: 668, sky: 140 } };
};

/** High among the clouds. */
export const openSky: Painter = (brush) => {
  const { context, width, height, light, random } = brush;
  sky(brush, height);
  for (let index = 0; index < 46; index++) {
    context.globalAlpha = 0.9;
    const y = random.between(0.84, 1.06) * height;
    disc(context, random.between(0, width), y, random.between(50, 110), lit(y > 0.97 * height ? '#ffffff' : '#e4f0fb', light));
  }
  context.globalAlpha = 1;
  return { places: { sky: 330 }, drift: clouds(brush, 60, 4) };
};

/** A plain card for titles. */
export const card: Painter = ({ context, width, height, light, random }) => {
  const colours = { day: ['#2f6f9f', '#5fa8c9'], sunset: ['#7a3f6b', '#d98a5a'], night: ['#0b1030', '#2b2f6b'] }[light];
  gradient(context, [0, 0, width, height], colours);
  const layer = blank(width, height);
  for (let index = 0; index < 30; index++) {
    layer.context.globalAlpha = random.between(0.04, 0.12);
    disc(layer.context, random.between(0, width), random.between(0, height), random.between(20, 130), '#ffffff');
  }
  context.drawImage(layer.canvas, 0, 0);
  return { places: {} };
};
