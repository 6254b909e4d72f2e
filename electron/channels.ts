/** Names of the messages between the main process and the preload script. */
export const channels = {
  /** Preload: a window is there and wants a port. */
  connect: 'longview:connect',
  /** Main: here is one. */
  port: 'longview:port',
  /** Main: the engine's process ended. */
  lost: 'longview:lost',
  /** Main: something was chosen in the native menus. */
  command: 'longview:command',
  /** Preload: the language in which the window speaks. */
  language: 'longview:language',
} as const;
