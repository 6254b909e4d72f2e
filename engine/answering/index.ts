export { ask } from './ask.ts';
export { choose } from './choose.ts';
export { plan } from './plan.ts';
export { selfTest } from './self-test.ts';
export { selfTested } from './effective-context.ts';
