"""What people do with a filing: open, check, explain, sign, submit, answer, supersede; and its status."""
