"""What a regime declares: returns, periods, due rules, forms, duties, public page. Does not: anything of one filing."""
