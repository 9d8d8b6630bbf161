create table {marker} (
    seed bigint not null, loans bigint not null, first_on date not null, has_anomalies boolean not null, until_on date
);
comment on table {marker} is 'Made by glassbook simulate: which platform this is, and its last day.';
create table {anomalies} (
    kind varchar(32) not null, table_name varchar(64) not null, row_key jsonb not null, loan_id bigint, check_code varchar(32),
    also jsonb not null, is_held boolean not null, description text not null
);
comment on table {anomalies} is 'Made by glassbook simulate: what is wrong on purpose, and rows that were removed.'
