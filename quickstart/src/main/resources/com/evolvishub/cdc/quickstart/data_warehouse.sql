-- The destination: three tables made by hand, with keys and indexes of their own. The other two are left for
-- the tool to create.

CREATE TABLE dim_customer_demographics (
    customer_id bigint PRIMARY KEY,
    email text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date,
    gender char(1),
    segment text NOT NULL,
    registration_date date NOT NULL,
    last_updated timestamptz NOT NULL);
CREATE INDEX ON dim_customer_demographics (segment);

CREATE TABLE fact_customer_behavior (
    customer_id bigint PRIMARY KEY,
    total_purchases bigint NOT NULL,
    total_spent numeric NOT NULL,
    avg_order_value numeric NOT NULL,
    returned_purchases bigint NOT NULL,
    first_purchase timestamptz NOT NULL,
    last_purchase timestamptz NOT NULL,
    analysis_date timestamptz NOT NULL);
CREATE INDEX ON fact_customer_behavior (analysis_date);

CREATE TABLE fact_customer_ltv (
    customer_id bigint PRIMARY KEY,
    current_ltv numeric,
    predicted_ltv numeric NOT NULL,
    calculation_date timestamptz NOT NULL,
    model_version text NOT NULL);
