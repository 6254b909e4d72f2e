/** Small things that are kept by name. */
export interface SettingsPort {
  /** A setting, or undefined. The caller parses it. */
  setting(key: string): unknown;
  /** Keeps a setting as JSON; undefined removes it. */
  setSetting(key: string, value: unknown): void;
}
