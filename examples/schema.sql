-- Customers and their orders, distributed by customer on Citus. Without the calls the tables lie on one PostgreSQL.
CREATE TABLE customers (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    country text NOT NULL
);
ALTER TABLE customers REPLICA IDENTITY FULL;
SELECT create_distributed_table('customers', 'id');

CREATE TABLE orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    amount numeric(12, 2) NOT NULL,
    placed_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, id)
);
ALTER TABLE orders REPLICA IDENTITY FULL;
SELECT create_distributed_table('orders', 'customer_id', colocate_with => 'customers');
