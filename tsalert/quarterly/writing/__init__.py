"""The board's report as it is handed over: page, PDF, Word, Excel and JSON, all from one model."""
