import type { ReportRequest, ReportResult } from './report.ts';
import type { OnProgress } from './progress.ts';
import type {
  AskRequest,
  FindRequest,
  ImportRequest,
  IndexRequest,
  RemoveRequest,
  VerifyRequest,
} from './requests.ts';
import type {
  AskResult,
  AskRun,
  DoctorResult,
  FindResult,
  ImportResult,
  IndexResult,
  LibraryResult,
  ModelsResult,
  RemoveResult,
  VerifyResult,
} from './results.ts';
import type { VniahRequest, VniahResult } from './vniah.ts';

/** What every long call takes. */
export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * The engine as its hosts see it: every method parses its request (LongviewError `bad-argument`), takes an
 * AbortSignal (LongviewError `cancelled`), and resolves to data that the schemas in results.ts describe.
 */
export interface Engine {
  /**
   * Puts files and folders into the library; a file that fails is in the result, the others still get indexed.
   * `queued`: the request is kept in the queue already; else it is kept until it is done, so that nothing that was asked
   * for is lost when the process dies.
   */
  index(request: IndexRequest, options?: CallOptions & { queued?: boolean }): Promise<IndexResult>;
  /** The videos of the library. */
  library(): Promise<LibraryResult>;
  /** Forgets a video; the footage itself is never touched. */
  remove(request: RemoveRequest): Promise<RemoveResult>;
  /** Finds moments. `onFirst` gets the list before the decoder re-checks it. */
  find(
    request: FindRequest,
    options?: CallOptions & { onFirst?: (first: FindResult) => void },
  ): Promise<FindResult>;
  /** Answers a question about a video, some, or the library. */
  ask(
    request: AskRequest,
    options?: CallOptions & { onText?: (piece: string) => void; onRun?: (run: AskRun) => void },
  ): Promise<AskResult>;
  /** The bundles at hand. */
  models(): Promise<ModelsResult>;
  /** What this machine has, and what it lacks. */
  doctor(): Promise<DoctorResult>;
  /** A report for whoever helps with a problem; without paths unless they are asked for. */
  report(request: ReportRequest): Promise<ReportResult>;
  /** Closes the library and frees the models; safe to call twice. */
  close(): Promise<void>;
}

/** What is done to models, beside using them. */
export interface ModelTools {
  /** Makes a bundle of a checkpoint; it is there as a whole or not at all. */
  importModel(request: ImportRequest, options?: CallOptions): Promise<ImportResult>;
  /** Compares a bundle with what another program computed for the same checkpoint. */
  verifyModel(request: VerifyRequest, options?: CallOptions): Promise<VerifyResult>;
  /** A needle in a visual haystack: how far past its training length a bundle still finds what is planted. */
  vniah(request: VniahRequest, options?: CallOptions): Promise<VniahResult>;
}
