/** Ways that something may move: across the picture, or towards the camera and away from it. */
export const headings = ['left', 'right', 'up', 'down', 'nearer', 'farther'] as const;

/** One of the ways. */
export type Heading = (typeof headings)[number];
