import { askCommand } from './ask.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { binCommand } from './bin.ts';
import { doctorCommand } from './doctor.ts';
import { evalCommand } from './eval.ts';
import { exportCommand } from './export.ts';
import { findCommand } from './find.ts';
import { foldersCommand } from './folders.ts';
import { historyCommand } from './history.ts';
import { hubCommand } from './hub.ts';
import { indexCommand } from './index-videos.ts';
import { libraryCommand, removeCommand } from './library.ts';
import { mcpCommand } from './mcp.ts';
import { modelsCommand } from './models.ts';
import { selftestCommand } from './selftest.ts';
import { serveCommand } from './serve.ts';
import { transcriptCommand } from './transcript.ts';
import { vniahCommand } from './vniah.ts';
import { workerCommand } from './worker.ts';
import type { Command } from '../command.ts';

/** Every command that needs the engine, in the order that help lists them. */
export const commands: readonly Command[] = [
  indexCommand,
  libraryCommand,
  foldersCommand,
  removeCommand,
  findCommand,
  askCommand,
  historyCommand,
  transcriptCommand,
  binCommand,
  exportCommand,
  evalCommand,
  selftestCommand,
  vniahCommand,
  modelsCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  serveCommand,
  mcpCommand,
  hubCommand,
  workerCommand,
];
