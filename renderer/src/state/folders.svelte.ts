import { engine } from '../engine/index.ts';
import { shown, type Shown } from './failure.ts';
import type { WatchedFolder } from '../../../engine/protocol/folders.ts';
import type { RequestOf } from '../../../engine/protocol/wire.ts';

/** The folders that are followed, as the host last told them. */
class FoldersState {
  list = $state.raw<WatchedFolder[] | undefined>();
  error = $state.raw<Shown | undefined>();

  async load(): Promise<void> {
    try {
      this.list = (await engine.call('folders', {})).folders;
      this.error = undefined;
    } catch (cause) {
      this.error = shown(cause);
    }
  }

  /** Reads anew what was read before, because it changed. */
  changed(): void {
    if (this.list) void this.load();
  }

  /** @throws CallError */
  async change(request: RequestOf<'changeFolder'>): Promise<void> {
    this.list = (await engine.call('changeFolder', request)).folders;
  }

  /** @throws CallError */
  async remove(path: string, forget: boolean): Promise<void> {
    this.list = (await engine.call('removeFolder', { path, forget })).folders;
  }
}

/** The followed folders of this library. */
export const folders = new FoldersState();
