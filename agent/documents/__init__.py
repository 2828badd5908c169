"""Scanned documents: what is needed, what is there, pages, scan jobs, and the encrypted files behind them."""
