/** Shows the stage alone on the whole screen, or no longer. */
export function fullscreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.getElementById('stage')?.requestFullscreen();
}
