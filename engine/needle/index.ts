/** A needle in a haystack: planting, asking, counting, drawing. Shared by `vniah` and `selftest`. */
export { measureGrid, type Cell, type GridOptions, type Haystack, type Needle } from './grid.ts';
export { heatMap, type HeatMapOptions } from './heat-map.ts';
export { patchEncoderOf, type PatchEncoder } from './patch-encoder.ts';
export { madeNeedles, type NeedleSource, type ReadPicture } from './needle-set.ts';
export { depthIndex, plant } from './plant.ts';
export { vniah, type VniahParts } from './vniah.ts';
