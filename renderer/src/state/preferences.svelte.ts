import { z } from 'zod';

const schema = z.object({
  theme: z.enum(['system', 'dark', 'light']).catch('system'),
  language: z.enum(['system', 'en', 'zh']).catch('system'),
  /** Width of a tile in the library in pixels. */
  tile: z.number().min(160).max(420).catch(248),
  sort: z.enum(['added', 'name', 'duration']).catch('added'),
  volume: z.number().min(0).max(1).catch(1),
  muted: z.boolean().catch(false),
  /** Whether the time scale of questions is unfolded. */
  timeScale: z.boolean().catch(false),
  /** Whether what few people need of the settings is unfolded. */
  advanced: z.boolean().catch(false),
  /** Results stand together by their video. */
  grouped: z.boolean().catch(false),
  /** Single letters and numbers are commands. */
  keys: z.boolean().catch(true),
  /** What is said is written over the picture. */
  subtitles: z.boolean().catch(false),
  /** Text on screen is boxed where the picture stands still. */
  screenText: z.boolean().catch(true),
  /** What was looked for, the newest first. */
  recent: z.array(z.string()).max(20).catch([]),
});
type Values = z.infer<typeof schema>;

const place = 'longview.preferences';

function read(): Values {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(place) ?? '{}'));
  } catch {
    return schema.parse({});
  }
}

/** What a person chose in this browser. Changes are kept at once. */
export const preferences: Values = $state(read());

const dark = matchMedia('(prefers-color-scheme: dark)');
let systemDark = $state(dark.matches);
dark.addEventListener('change', () => (systemDark = dark.matches));

/** The theme in use: the chosen one, or the system's. */
export function theme(): 'dark' | 'light' {
  if (preferences.theme !== 'system') return preferences.theme;
  return systemDark ? 'dark' : 'light';
}

/** Keeps the preferences as they change and puts the theme on the page; call once, while a component is made. */
export function keepPreferences(): void {
  $effect(() => {
    localStorage.setItem(place, JSON.stringify(preferences));
  });
  $effect.pre(() => {
    document.documentElement.dataset.theme = theme();
  });
}
