import { preferences } from '../state/preferences.svelte.ts';

/** A stretch that is played again and again. */
export interface LoopRange {
  start: number;
  end: number;
}

/** The speeds that the player offers. */
export const speeds = [0.25, 0.5, 1, 1.5, 2, 4] as const;

/** A video element and what the controls need to know of it. */
export class Playback {
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  speed = $state(1);
  loop = $state.raw<LoopRange | undefined>();
  /** The browser can't play it. */
  unplayable = $state(false);
  waiting = $state(true);
  #video: HTMLVideoElement | undefined;
  #wanted: number | undefined;

  /** Takes a video element; for `{@attach}`. */
  attach = (video: HTMLVideoElement): (() => void) => {
    this.#video = video;
    video.volume = preferences.volume;
    video.muted = preferences.muted;
    const stop = new AbortController();
    const on = (name: string, run: () => void) => video.addEventListener(name, run, { signal: stop.signal });
    on('loadedmetadata', () => {
      this.duration = video.duration;
      if (this.#wanted !== undefined) video.currentTime = this.#wanted;
      this.#wanted = undefined;
    });
    on('play', () => (this.paused = false));
    on('pause', () => (this.paused = true));
    on('error', () => (this.unplayable = true));
    on('waiting', () => (this.waiting = true));
    on('seeking', () => (this.time = video.currentTime));
    for (const name of ['canplay', 'seeked', 'playing']) on(name, () => (this.waiting = false));
    on('timeupdate', () => this.#tell());
    // timeupdate comes four times a second; the needle should move with every frame.
    let frame = requestAnimationFrame(function tell(this: void) {
      frame = requestAnimationFrame(tell);
      if (!video.paused) follow();
    });
    const follow = () => this.#tell();
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
      this.#video = undefined;
    };
  };

  #tell(): void {
    const video = this.#video!;
    const { loop } = this;
    if (loop && !video.paused && (video.currentTime >= loop.end || video.currentTime < loop.start - 0.5))
      video.currentTime = loop.start;
    this.time = video.currentTime;
  }

  /** Goes to a time, now or as soon as the video is known. */
  seek(time: number): void {
    const video = this.#video;
    const to = Math.max(0, this.duration > 0 ? Math.min(time, this.duration) : time);
    this.time = to;
    if (video && video.readyState > 0) video.currentTime = to;
    else this.#wanted = to;
  }

  toggle(): void {
    if (this.paused) void this.#video?.play().catch(() => undefined);
    else this.#video?.pause();
  }

  play(): void {
    // A browser may refuse to start sound without a click; the video then waits at the moment.
    void this.#video?.play().catch(() => undefined);
  }

  /** Goes some frames on or back, and stands still. */
  step(frames: number, frameRate: number): void {
    this.#video?.pause();
    this.seek(this.time + frames / (frameRate > 0 ? frameRate : 25));
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.#video) this.#video.playbackRate = speed;
  }

  /** The next speed up or down. */
  faster(step: 1 | -1): void {
    const at = speeds.findIndex((speed) => speed === this.speed);
    this.setSpeed(speeds[Math.max(0, Math.min(speeds.length - 1, at + step))]);
  }

  setVolume(volume: number, muted: boolean): void {
    preferences.volume = volume;
    preferences.muted = muted;
    if (!this.#video) return;
    this.#video.volume = volume;
    this.#video.muted = muted;
  }
}
