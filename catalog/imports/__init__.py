"""Lists of configuration items: a CSV file read, compared with what stands, and told line by line before anything is written."""
