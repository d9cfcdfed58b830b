"""Pure rules of accounts: passwords, addresses, how many tries."""
