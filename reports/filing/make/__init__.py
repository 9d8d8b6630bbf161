"""Makes the documents of one filing from one snapshot. Does not: draw forms (`render`), seal (`package`), or decide states (`life`)."""
