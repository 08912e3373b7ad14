function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is missing`);
  }
  return value;
}

export const config = {
  tables: {
    accounts: required('ACCOUNTS_TABLE'),
    entries: required('ENTRIES_TABLE'),
  },
};

export type Tables = typeof config.tables;
