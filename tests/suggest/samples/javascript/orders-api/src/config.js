const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

module.exports = {
  tables: { orders: required("ORDERS_TABLE"), stock: required("STOCK_TABLE") },
  indexes: { byCustomer: "by-customer" },
  pageSize: Number(process.env.PAGE_SIZE || 20),
};
