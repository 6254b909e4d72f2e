let current = $state.raw<{ dropped: readonly string[] } | undefined>();

/** What the dialog for adding footage is open for; undefined where it is closed. */
export function adding(): { dropped: readonly string[] } | undefined {
  return current;
}

/** Opens the dialog. `dropped` are names of files that a browser was given, which doesn't tell where they lie. */
export function addFootage(dropped: readonly string[] = []): void {
  current = { dropped };
}

/** Closes it. */
export function added(): void {
  current = undefined;
}
