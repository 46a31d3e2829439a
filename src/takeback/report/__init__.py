"""All metrics on one page that works offline and on paper."""
