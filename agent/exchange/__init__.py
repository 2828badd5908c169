"""Files of the register: what is given away as CSV or XLSX, and what is taken in from such files."""
