const stage = process.env.STAGE ?? 'dev';

export enum Table {
  Users = 'users',
  Sessions = 'sessions',
}

export const tableName = (table: Table): string => `${stage}-${table}`;
