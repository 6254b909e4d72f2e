/** Something that is wrong inside a library. */
export interface LibraryFault {
  /** One sentence that names it. */
  message: string;
  /** One sentence: what the user can do about it. */
  remedy: string;
}

/** How the library itself is. */
export interface HealthPort {
  /** Reads all of the library and tells what is cut, missing or not ours; empty where nothing is. */
  faults(): LibraryFault[];
}
