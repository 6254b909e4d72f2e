/** How much is measured. */
export interface Sizes {
  /** Videos of one photograph a kind. */
  photographVideos: number;
  /** Temporal patches that a query has to choose from. */
  candidates: number;
  /** Of them in the unseen style, where that is measured. */
  unseenStyle: number;
  momentVideos: number;
  momentSeconds: number;
  /** Videos read, of each length and kind. */
  readVideos: number;
  /** Scenes of one or two things. */
  together: number;
}

/** What the model card's numbers are made with. */
export const full: Sizes = {
  photographVideos: 6,
  candidates: 1000,
  unseenStyle: 500,
  momentVideos: 2,
  momentSeconds: 600,
  readVideos: 30,
  together: 320,
};

/** A first look in a minute; too few to tell a point from another. */
export const quick: Sizes = {
  photographVideos: 1,
  candidates: 200,
  unseenStyle: 80,
  momentVideos: 1,
  momentSeconds: 100,
  readVideos: 6,
  together: 48,
};
