"""The archive in other people's formats: rows, columns, files, web archives. It only reads; see docs/interchange.md."""
