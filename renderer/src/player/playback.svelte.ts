import { untrack } from 'svelte';
import { preferences } from '../state/preferences.svelte.ts';

/** A stretch that is played again and again. */
export interface LoopRange {
  start: number;
  end: number;
}

/** Where the picture comes from: the file as it is, or a stream that is encoded from a time on. */
export type Source = { kind: 'file' } | { kind: 'stream'; start: number };

/** The speeds that the player offers. */
export const speeds = [0.25, 0.5, 1, 1.5, 2, 4] as const;

/** Speeds of the shuttle (J and L), slowest first. */
const shuttleSpeeds = [1, 2, 4];

/** A stream begins anew only when the hand that drags has come to rest for so long. */
const restMs = 180;

/** Times that lie closer together are one, to a player: far less than a frame lasts. */
const sameInstantSec = 0.002;

/** A stream can't run backwards; one press of J goes so far back instead. */
const streamBackSec = 5;

/** A video element and what the controls need to know of it. Times are the file's own, whatever is played. */
export class Playback {
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  speed = $state(1);
  loop = $state.raw<LoopRange | undefined>();
  source = $state.raw<Source>({ kind: 'file' });
  /** Neither the file nor a stream of it can be played. */
  unplayable = $state(false);
  waiting = $state(true);
  /** How fast it goes backwards; 0 where it doesn't. */
  backwards = $state(0);
  #video: HTMLVideoElement | undefined;
  #wanted: number | undefined;
  #goOn = false;
  #restart: ReturnType<typeof setTimeout> | undefined;

  /** Takes a video element; for `{@attach}`. */
  attach = (video: HTMLVideoElement): (() => void) => {
    this.#video = video;
    // Untracked: an attachment that is run again because the volume changed would first let go of the video.
    untrack(() => {
      video.volume = preferences.volume;
      video.muted = preferences.muted;
    });
    const stop = new AbortController();
    const on = (name: string, run: () => void) => video.addEventListener(name, run, { signal: stop.signal });
    on('loadedmetadata', () => this.#loaded());
    on('play', () => (this.paused = false));
    on('pause', () => (this.paused = true));
    on('error', () => this.#failed());
    on('waiting', () => (this.waiting = true));
    on('seeking', () => (this.time = this.#offset + video.currentTime));
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
      this.backwards = 0;
      cancelAnimationFrame(frame);
      clearTimeout(this.#restart);
      // What is left of a stream is no longer fetched.
      video.removeAttribute('src');
      video.load();
      this.#video = undefined;
    };
  };

  get #offset(): number {
    return this.source.kind === 'stream' ? this.source.start : 0;
  }

  #loaded(): void {
    const video = this.#video!;
    // Of a file whose picture it can't decode, a browser plays the sound alone.
    if (this.source.kind === 'file' && video.videoWidth === 0) {
      this.streamFrom(this.#wanted ?? this.time);
      return;
    }
    if (this.source.kind === 'file') {
      // Live recordings don't tell; the library knows.
      this.duration = Number.isFinite(video.duration) ? video.duration : 0;
      if (this.#wanted !== undefined) video.currentTime = this.#wanted;
    }
    this.#wanted = undefined;
    video.playbackRate = this.speed;
    if (this.#goOn) this.play();
    this.#goOn = false;
  }

  #failed(): void {
    // Nothing to play: the element was let go of.
    if (!this.#video?.hasAttribute('src')) return;
    if (this.source.kind === 'file') this.streamFrom(this.#wanted ?? this.time);
    else this.unplayable = true;
  }

  #tell(): void {
    const video = this.#video!;
    const { loop } = this;
    // While a new stream is on its way, the time is where it will begin.
    if (this.#restart !== undefined || video.readyState === 0) return;
    const now = this.#offset + video.currentTime;
    if (loop && !video.paused && (now >= loop.end || now < loop.start - 0.5)) {
      this.seek(loop.start);
      return;
    }
    this.time = now;
  }

  /** Plays a stream of the footage that begins at a time. */
  streamFrom(start: number): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.#goOn ||= !this.paused;
    this.#wanted = undefined;
    this.time = start;
    this.waiting = true;
    this.source = { kind: 'stream', start };
  }

  /** Goes to a time, now or as soon as the video is known. */
  seek(time: number): void {
    const video = this.#video;
    const to = Math.max(0, this.duration > 0 ? Math.min(time, this.duration) : time);
    this.time = to;
    if (this.source.kind === 'stream') this.#seekStream(to);
    else if (video && video.readyState > 0) video.currentTime = to;
    else this.#wanted = to;
  }

  /** Nobody can seek in a stream that is encoded as it comes: it begins anew where it is wanted. */
  #seekStream(to: number): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
    const now = this.#offset + (this.#video?.currentTime ?? 0);
    if (Math.abs(to - now) < sameInstantSec) return;
    this.#restart = setTimeout(() => this.streamFrom(to), restMs);
  }

  toggle(): void {
    if (this.paused && this.backwards === 0) this.play();
    else this.stop();
  }

  /** Stands still, whichever way it went. */
  stop(): void {
    this.backwards = 0;
    this.#video?.pause();
  }

  /** Plays one way, or faster where it goes that way already. Backwards it goes from picture to picture, without sound. */
  shuttle(way: 1 | -1): void {
    const now = way > 0 ? (this.paused ? 0 : this.speed) : this.backwards;
    const next = shuttleSpeeds.find((speed) => speed > now) ?? now;
    if (way > 0) {
      this.setSpeed(next);
      this.play();
    } else if (this.source.kind === 'stream') this.seek(this.time - streamBackSec * next);
    else {
      this.#video?.pause();
      if (this.backwards === 0) this.#goBack();
      this.backwards = next;
    }
  }

  #goBack(): void {
    let last = performance.now();
    const back = (now: number) => {
      const speed = this.backwards;
      if (speed === 0) return;
      if (this.time <= 0) this.stop();
      else if (this.#video?.seeking === false) {
        this.seek(this.time - (speed * (now - last)) / 1000);
        last = now;
      }
      requestAnimationFrame(back);
    };
    requestAnimationFrame(back);
  }

  play(): void {
    this.backwards = 0;
    // A browser may refuse to start sound without a click; the video then waits at the moment.
    void this.#video?.play().catch(() => undefined);
  }

  /** Plays, now or as soon as the video is known. */
  playSoon(): void {
    if (this.#video && this.#video.readyState > 0 && this.#restart === undefined) this.play();
    else this.#goOn = true;
  }

  /** Goes some frames on or back, and stands still. */
  step(frames: number, frameRate: number): void {
    this.stop();
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
