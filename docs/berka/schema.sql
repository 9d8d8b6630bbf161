-- The Berka bank's own tables, as its files have them: Czech codes, days as numbers (yymmdd), no column renamed or fixed.
-- psql "$URL" -f docs/berka/schema.sql

create table account (account_id integer primary key, district_id integer not null, frequency text not null, "date" integer not null);

create table client (client_id integer primary key, birth_number text not null, district_id integer not null);

create table disp (
    disp_id integer primary key,
    client_id integer not null references client,
    account_id integer not null references account,
    "type" text not null
);

create table loan (
    loan_id integer primary key,
    account_id integer not null references account,
    "date" integer not null,
    amount integer not null,
    duration integer not null,
    payments numeric(12, 2) not null,
    status text not null
);

create table "order" (
    order_id integer primary key,
    account_id integer not null references account,
    bank_to text,
    account_to text,
    amount numeric(12, 2) not null,
    k_symbol text
);

create table trans (
    trans_id integer primary key,
    account_id integer not null references account,
    "date" integer not null,
    "type" text not null,
    operation text,
    amount numeric(12, 2) not null,
    balance numeric(12, 2) not null,
    k_symbol text,
    bank text,
    account text
);
