"""Writers: a report in, text out. Each module has ``render``; none of them prints."""
