import { blank, clouds, disc, fir, gradient, hills, lit, mountains, roundTree, scatter, sky, stars, tuft, type Brush, type Layer, type Painter } from './scenery.ts';

/** A strip of tall grass before everything. */
function grassFront({ width, light, random }: Brush, colour: string): Layer {
  const layer = blank(width, 90);
  const strip = { ...layer, width, height: 90, light, random };
  scatter(strip, Math.round(width / 9), [78, 96], (x, y, scale) =>
    tuft(layer.context, x, y, 58 * scale, lit(colour, light)),
  );
  return { canvas: layer.canvas, y: 640, speed: 0 };
}

function flowers(brush: Brush, [top, bottom]: readonly [number, number], colours: readonly string[]): void {
  const { context, light, random } = brush;
  scatter(brush, 60, [top, bottom], (x, y, scale) => {
    tuft(context, x, y, 14 * scale, lit('#3f8f3a', light));
    disc(context, x, y - 14 * scale, 6 * scale, lit(random.pick(colours), light));
    disc(context, x, y - 14 * scale, 2.4 * scale, lit('#ffe27a', light));
  });
}

/** A flowering meadow before hills. */
export const meadow: Painter = (brush) => {
  const { light } = brush;
  sky(brush, 430);
  hills(brush, 400, 60, [lit('#8fbf8a', light), lit('#7cb06f', light)]);
  hills(brush, 450, 40, [lit('#7cc25c', light), lit('#5fae49', light)]);
  hills(brush, 520, 18, [lit('#8fd163', light), lit('#4f9a3d', light)]);
  flowers(brush, [540, 700], ['#ffffff', '#ff8fb1', '#ffd34d', '#b58cff']);
  return { places: { ground: 640, sky: 250 }, drift: clouds(brush, 40, 4), front: grassFront(brush, '#3f8a35') };
};

/** Ploughed fields. */
export const countryside: Painter = (brush) => {
  const { context, width, light } = brush;
  sky(brush, 400);
  hills(brush, 390, 45, [lit('#9bc27e', light), lit('#86b268', light)]);
  scatter(brush, 12, [396, 420], (x, y, scale) => roundTree(context, x, y, 90 * scale, lit('#4f8f4a', light), lit('#6b4a32', light)));
  hills(brush, 440, 16, [lit('#d9b25f', light), lit('#9a6b3a', light)]);
  context.strokeStyle = lit('#8a5c30', light);
  context.lineWidth = 5;
  for (let row = -24; row < 40; row++) {
    context.beginPath();
    context.moveTo(width / 2 + (row - 8) * 26, 455);
    context.lineTo(width / 2 + (row - 8) * 120, 720);
    context.stroke();
  }
  return { places: { ground: 640, sky: 230 }, drift: clouds(brush, 30, 4) };
};

/** Dry grassland with umbrella-shaped trees. */
export const savanna: Painter = (brush) => {
  const { context, light } = brush;
  sky(brush, 440);
  mountains(brush, 440, 330, lit('#b9a5b8', light));
  hills(brush, 455, 12, [lit('#e8c877', light), lit('#c89a45', light)]);
  scatter(brush, 9, [450, 500], (x, y, scale) => {
    context.fillStyle = lit('#6a4a2c', light);
    context.fillRect(x - 5 * scale, y - 110 * scale, 10 * scale, 110 * scale);
    context.fillStyle = lit('#7d9440', light);
    context.beginPath();
    context.ellipse(x, y - 116 * scale, 95 * scale, 26 * scale, 0, 0, 2 * Math.PI);
    context.fill();
  });
  scatter(brush, 110, [480, 715], (x, y, scale) => tuft(context, x, y, 30 * scale, lit('#a87c30', light)));
  return { places: { ground: 655, sky: 220 }, drift: clouds(brush, 30, 3) };
};

/** Dunes. */
export const desert: Painter = (brush) => {
  const { context, light } = brush;
  sky(brush, 430);
  hills(brush, 420, 50, [lit('#efcf94', light), lit('#d9a860', light)]);
  hills(brush, 500, 55, [lit('#f6dca0', light), lit('#dba95c', light)]);
  hills(brush, 580, 26, [lit('#ffe6b0', light), lit('#d89c4e', light)]);
  context.strokeStyle = lit('#c98f47', light);
  context.lineWidth = 3;
  context.globalAlpha = 0.5;
  scatter(brush, 60, [600, 715], (x, y, scale) => {
    context.beginPath();
    context.moveTo(x - 50 * scale, y);
    context.quadraticCurveTo(x, y - 9 * scale, x + 50 * scale, y);
    context.stroke();
  });
  context.globalAlpha = 1;
  return { places: { ground: 640, sky: 220 } };
};

/** A clearing among firs. */
export const forest: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 460);
  for (const [colour, base, size, count] of [['#7fae9a', 440, 300, 26], ['#4f8a6c', 480, 380, 20], ['#2f6b4a', 530, 470, 12]] as const)
    scatter(brush, Math.round((count * width) / 1280), [base, base + 20], (x, y, scale) =>
      fir(context, x, y, size * (0.6 + scale * 0.4), lit(colour, light), lit('#5a4030', light)),
    );
  gradient(context, [0, 520, width, height - 520], [lit('#6f9a4c', light), lit('#3f6b34', light)]);
  scatter(brush, 120, [530, 715], (x, y, scale) => tuft(context, x, y, 26 * scale, lit('#355f2c', light)));
  return { places: { ground: 645, sky: 230 }, front: grassFront(brush, '#2c5526') };
};

/** Dense green with hanging leaves. */
export const jungle: Painter = (brush) => {
  const { context, width, height, light, random } = brush;
  gradient(context, [0, 0, width, height], [lit('#bfe8a0', light), lit('#6fb56a', light), lit('#2f6f48', light)]);
  const leaf = (x: number, y: number, length: number, angle: number, colour: string) => {
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(0, 0);
    context.quadraticCurveTo(length * 0.5, -length * 0.28, length, 0);
    context.quadraticCurveTo(length * 0.5, length * 0.28, 0, 0);
    context.fill();
    context.strokeStyle = '#ffffff2a';
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(length, 0);
    context.stroke();
    context.restore();
  };
  for (let index = 0; index < 10; index++) {
    context.fillStyle = lit(random.pick(['#4a7a4c', '#58694a']), light);
    context.fillRect(random.between(0, width), 0, random.between(14, 34), 600);
  }
  for (let index = 0; index < 60; index++) {
    const colour = lit(random.pick(['#2f8a4e', '#3da35a', '#1f6e45', '#57b35c']), light);
    leaf(random.between(0, width), random.between(-30, 60), random.between(90, 220), random.between(0.9, 2.2), colour);
  }
  gradient(context, [0, 560, width, height - 560], [lit('#4f8a3f', light), lit('#245a34', light)]);
  for (let index = 0; index < 70; index++) {
    const colour = lit(random.pick(['#1f6e45', '#2c7f48', '#175a3a']), light);
    leaf(random.between(0, width), random.between(690, 760), random.between(60, 150), random.between(-2.4, -0.7), colour);
  }
  return { places: { ground: 655, sky: 310 } };
};

/** Still water among reeds. */
export const pond: Painter = (brush) => {
  const { context, width, height, light, random } = brush;
  sky(brush, 380);
  hills(brush, 370, 40, [lit('#8cc07c', light), lit('#6aa858', light)]);
  scatter(brush, 10, [380, 405], (x, y, scale) => roundTree(context, x, y, 150 * scale, lit('#5a9a50', light), lit('#6b4a32', light)));
  gradient(context, [0, 420, width, height - 420], [lit('#a8dcea', light), lit('#5fb0cc', light), lit('#2f7fa6', light)]);
  context.strokeStyle = '#ffffff66';
  context.lineWidth = 3;
  scatter(brush, 50, [440, 710], (x, y, scale) => {
    context.beginPath();
    context.moveTo(x - 60 * scale, y);
    context.lineTo(x + 60 * scale, y);
    context.stroke();
  });
  const front = blank(width, 150);
  gradient(front.context, [0, 0, width, 150], [`${lit('#5fb0cc', light)}`, lit('#2f7fa6', light)]);
  for (let index = 0; index < 46; index++) {
    const x = random.between(0, width);
    const top = random.between(10, 80);
    front.context.strokeStyle = lit('#4f8a3a', light);
    front.context.lineWidth = 5;
    front.context.beginPath();
    front.context.moveTo(x, 150);
    front.context.lineTo(x + random.between(-8, 8), top);
    front.context.stroke();
    if (index % 3) continue;
    front.context.fillStyle = lit('#7a4a26', light);
    front.context.fillRect(x - 6, top, 12, 36);
  }
  return { places: { water: 612, sky: 220 }, drift: clouds(brush, 30, 3), front: { canvas: front.canvas, y: 570, speed: 0 } };
};

/** A lawn before a hedge and a fence. */
export const garden: Painter = (brush) => {
  const { context, width, height, light } = brush;
  sky(brush, 400);
  scatter(brush, 60, [400, 430], (x, y, scale) => disc(context, x, y, 70 * scale, lit(scale > 0.75 ? '#4f9a4a' : '#3f8540', light)));
  context.fillStyle = lit('#f4ede0', light);
  for (let x = 0; x < width; x += 54) {
    context.beginPath();
    context.moveTo(x, 520);
    context.lineTo(x, 412);
    context.lineTo(x + 18, 392);
    context.lineTo(x + 36, 412);
    context.lineTo(x + 36, 520);
    context.fill();
  }
  context.fillRect(0, 432, width, 14);
  context.fillRect(0, 480, width, 14);
  gradient(context, [0, 515, width, height - 515], [lit('#9ad867', light), lit('#56a544', light)]);
  flowers(brush, [530, 600], ['#ff6f91', '#ffd34d', '#ffffff', '#ff9a4d']);
  return { places: { ground: 660, sky: 270 }, drift: clouds(brush, 20, 3), front: grassFront(brush, '#4a9a3c') };
};

/** Snowfields before mountains. */
export const snow: Painter = (brush) => {
  const { context, light, random } = brush;
  sky(brush, 420);
  mountains(brush, 430, 210, lit('#8fa8c9', light), lit('#ffffff', light));
  hills(brush, 470, 40, [lit('#e6f0fb', light), lit('#cfe0f3', light)]);
  scatter(brush, 9, [480, 520], (x, y, scale) => fir(context, x, y, 150 * scale, lit('#5f8f86', light), lit('#5a4030', light)));
  hills(brush, 550, 24, [lit('#ffffff', light), lit('#dce9f7', light)]);
  const front = blank(brush.width + 800, 720);
  for (let index = 0; index < 220; index++) {
    front.context.globalAlpha = random.between(0.5, 0.95);
    disc(front.context, random.between(0, brush.width + 800), random.between(0, 720), random.between(2, 5), '#ffffff');
  }
  return { places: { ground: 650, sky: 220 }, front: { canvas: front.canvas, y: 0, speed: 45 } };
};

/** A bare hill under the stars. */
export const hilltop: Painter = (brush) => {
  const { light } = brush;
  sky(brush, 600);
  hills(brush, 520, 40, [lit('#6a8fb0', light), lit('#4a6a86', light)]);
  hills(brush, 600, 30, [lit('#7aa06a', light), lit('#3f5f3a', light)]);
  return { places: { ground: 660, sky: 190 }, front: grassFront(brush, '#3a5a32') };
};

/** Deep space with planets and a nebula. */
export const space: Painter = (brush) => {
  const { context, width, height, random } = brush;
  gradient(context, [0, 0, width, height], ['#05030f', '#120a33', '#06061c']);
  for (let index = 0; index < 26; index++) {
    const radius = random.between(90, 260);
    const fill = context.createRadialGradient(0, 0, 0, 0, 0, radius);
    fill.addColorStop(0, random.pick(['#6b2fa040', '#2f5fc040', '#b0306a30']));
    fill.addColorStop(1, '#00000000');
    context.save();
    context.translate(random.between(0, width), random.between(0.2, 0.8) * height);
    context.fillStyle = fill;
    context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
    context.restore();
  }
  stars(brush, height, 420);
  disc(context, width * 0.16, height * 0.3, 90, '#c98a5a');
  context.fillStyle = '#00000055';
  context.beginPath();
  context.arc(width * 0.16 + 26, height * 0.3 + 12, 90, 0, 2 * Math.PI);
  context.save();
  context.clip();
  context.restore();
  disc(context, width * 0.86, height * 0.74, 46, '#7fb2d9');
  return { places: { sky: 430, ground: 690 } };
};
