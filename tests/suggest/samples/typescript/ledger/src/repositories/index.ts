export { AccountRepository } from './accounts';
export { EntryRepository } from './entries';
export type { Transfer } from './entries';
