/** In the library's settings: the hub that it follows. */
export const hubSetting = 'hub';
