import type { Actor, BackgroundName, CameraMove, Light, MotionKind, Place, Scene } from './types.ts';

const noto = 'noto' as const;
const flat = 'fluent-emoji-flat' as const;

function actor(
  name: string,
  style: Actor['style'],
  motion: MotionKind,
  place: Place,
  size: number,
  x = 0.5,
): Actor {
  return { name, style, motion, place, size, x };
}

function scene(background: BackgroundName, light: Light, camera: CameraMove, ...actors: Actor[]): Scene {
  return { background, light, camera, actors };
}

function card(title: string, light: Light): Scene {
  return { background: 'card', light, camera: 'zoom-in', actors: [], title };
}

/** The film: a long day from the fields through the town and the house to the sea and the night. */
export const storyboard: readonly Scene[] = [
  card('A LONG DAY', 'day'),
  scene('meadow', 'day', 'pan', actor('horse', noto, 'track', 'ground', 400)),
  scene('meadow', 'day', 'still', actor('cow', noto, 'enter', 'ground', 360, 0.36), actor('rooster', flat, 'visit', 'ground', 220, 0.8)),
  scene('savanna', 'day', 'zoom-in', actor('elephant', noto, 'stand', 'ground', 420)),
  scene('desert', 'day', 'pan', actor('camel', flat, 'track', 'ground', 380)),
  scene('desert', 'sunset', 'still', actor('cactus', noto, 'stand', 'ground', 420, 0.6)),
  scene('forest', 'day', 'still', actor('hedgehog', noto, 'cross', 'ground', 260)),
  scene('forest', 'day', 'pan', actor('mushroom', flat, 'panned', 'ground', 360)),
  scene('pond', 'day', 'still', actor('duck', noto, 'cross', 'water', 270), actor('swan', flat, 'enter', 'water', 330, 0.25)),
  scene('garden', 'day', 'still', actor('butterfly', noto, 'hover', 'sky', 270, 0.35), actor('sunflower', flat, 'stand', 'ground', 420, 0.74)),
  scene('garden', 'day', 'zoom-in', actor('snail', noto, 'stand', 'ground', 330, 0.5)),
  scene('jungle', 'day', 'still', actor('parrot', flat, 'visit', 'sky', 350, 0.45)),
  scene('jungle', 'day', 'still', actor('tiger', noto, 'cross', 'ground', 370)),
  card('IN TOWN', 'day'),
  scene('street', 'day', 'pan', actor('bus', noto, 'track', 'road', 400)),
  scene('street', 'day', 'still', actor('fire engine', flat, 'cross', 'road', 400)),
  scene('street', 'day', 'still', actor('dog', flat, 'visit', 'road', 290, 0.4)),
  scene('park', 'day', 'pan', actor('bicycle', noto, 'track', 'ground', 380)),
  scene('park', 'day', 'still', actor('kite', noto, 'hover', 'sky', 330, 0.6)),
  scene('park', 'day', 'still', actor('soccer ball', noto, 'drop', 'ground', 250, 0.45)),
  scene('skyline', 'day', 'still', actor('helicopter', flat, 'cross', 'sky', 340)),
  scene('skyline', 'sunset', 'still', actor('balloon', flat, 'rise', 'sky', 380, 0.55)),
  scene('street', 'sunset', 'pan', actor('motorcycle', noto, 'track', 'road', 360)),
  scene('railway', 'day', 'still', actor('train', noto, 'cross', 'road', 440)),
  scene('countryside', 'day', 'still', actor('tractor', noto, 'visit', 'ground', 390, 0.5)),
  scene('racetrack', 'day', 'pan', actor('racing car', noto, 'track', 'road', 380)),
  scene('sky', 'day', 'pan', { ...actor('airplane', flat, 'track', 'sky', 390), looksRight: true }),
  card('AT HOME', 'day'),
  scene('kitchen', 'day', 'zoom-in', actor('cake', noto, 'stand', 'table', 390)),
  scene('kitchen', 'day', 'still', actor('pizza', noto, 'drop', 'table', 340)),
  scene('kitchen', 'day', 'still', actor('banana', noto, 'enter', 'table', 300, 0.3), actor('pineapple', noto, 'pop', 'table', 340, 0.68)),
  scene('kitchen', 'sunset', 'still', actor('teapot', flat, 'visit', 'table', 310, 0.5)),
  scene('living-room', 'day', 'pan', actor('guitar', noto, 'panned', 'floor', 420)),
  scene('living-room', 'day', 'still', actor('teddy bear', noto, 'stand', 'floor', 380, 0.34), actor('gift', flat, 'pop', 'floor', 290, 0.7)),
  scene('living-room', 'sunset', 'still', actor('cat', flat, 'cross', 'floor', 310)),
  scene('living-room', 'night', 'zoom-in', actor('television', noto, 'stand', 'floor', 410)),
  scene('study', 'day', 'still', actor('microscope', noto, 'enter', 'table', 370, 0.66), actor('books', noto, 'stand', 'table', 280, 0.26)),
  scene('study', 'sunset', 'zoom-in', actor('alarm clock', flat, 'stand', 'table', 360)),
  scene('workshop', 'day', 'still', actor('hammer', noto, 'drop', 'table', 330, 0.34), actor('scissors', flat, 'leave', 'table', 310, 0.7)),
  scene('stage', 'night', 'still', actor('trumpet', noto, 'pop', 'floor', 380, 0.35), actor('drum', flat, 'visit', 'floor', 340, 0.7)),
  scene('stage', 'night', 'zoom-out', actor('violin', noto, 'stand', 'floor', 430)),
  card('BY THE SEA', 'day'),
  scene('sea', 'day', 'still', actor('sailboat', noto, 'cross', 'water', 420)),
  scene('sea', 'sunset', 'pan', actor('ship', noto, 'panned', 'water', 440)),
  scene('sea', 'day', 'still', actor('whale', flat, 'surface', 'water', 400, 0.55)),
  scene('underwater', 'day', 'still', actor('octopus', noto, 'hover', 'sky', 390, 0.5), actor('tropical fish', noto, 'cross', 'sky', 210)),
  scene('underwater', 'day', 'pan', actor('turtle', flat, 'track', 'sky', 340)),
  scene('underwater', 'night', 'still', actor('lobster', noto, 'enter', 'ground', 330, 0.55)),
  scene('beach', 'day', 'still', actor('palm tree', noto, 'stand', 'ground', 500, 0.78), actor('ice cream', flat, 'visit', 'ground', 330, 0.32)),
  scene('snow', 'day', 'still', actor('penguin', noto, 'hop', 'ground', 370)),
  scene('snow', 'day', 'still', actor('sled', noto, 'cross', 'ground', 300)),
  card('AFTER DARK', 'night'),
  scene('forest', 'night', 'zoom-in', actor('owl', noto, 'stand', 'ground', 380)),
  scene('meadow', 'night', 'pan', actor('tent', noto, 'panned', 'ground', 420)),
  scene('street', 'night', 'still', actor('umbrella', flat, 'visit', 'road', 390, 0.45)),
  scene('street', 'night', 'still', actor('lantern', noto, 'hover', 'sky', 370, 0.5)),
  scene('skyline', 'night', 'still', actor('ferris wheel', noto, 'enter', 'ground', 520, 0.5)),
  scene('hilltop', 'night', 'still', actor('telescope', noto, 'stand', 'ground', 380, 0.36), actor('flying saucer', flat, 'cross', 'sky', 260)),
  scene('space', 'night', 'still', actor('rocket', noto, 'rise', 'sky', 400, 0.5)),
  card('THE END', 'night'),
];
